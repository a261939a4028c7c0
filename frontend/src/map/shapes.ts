/** The four levels as map images: the same shapes as in the lists, drawn once; colour never stands alone. */
import type { Map } from "maplibre-gl";

import { token } from "../lib/page";

const SIZE = 44; // pixels of the image; drawn at half of it on the map
type Path = (c: CanvasRenderingContext2D, middle: number, radius: number) => void;

const polygon = (corners: number, turn: number): Path => (c, middle, radius) => {
  for (let i = 0; i < corners; i += 1) {
    const angle = turn + (i * 2 * Math.PI) / corners;
    const x = middle + radius * Math.cos(angle);
    const y = middle + radius * Math.sin(angle);
    if (i === 0) c.moveTo(x, y);
    else c.lineTo(x, y);
  }
  c.closePath();
};
const circle: Path = (c, middle, radius) => c.arc(middle, middle, radius, 0, 2 * Math.PI);

const SHAPES: Record<string, { path: Path; scale: number }> = {
  red: { path: polygon(4, -Math.PI / 2), scale: 1.1 },
  orange: { path: polygon(3, -Math.PI / 2), scale: 1.12 },
  yellow: { path: circle, scale: 0.86 },
  blue: { path: polygon(4, -Math.PI / 4), scale: 1.08 },
};

/** A canvas in memory: its pixels are read at once, and a graphics card would have to hand each back. */
const brush = (canvas: HTMLCanvasElement): CanvasRenderingContext2D =>
  canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;

function draw(level: string, untrusted: boolean): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const c = brush(canvas);
  const shape = SHAPES[level];
  c.lineWidth = 3;
  c.strokeStyle = token("ink");
  c.fillStyle = untrusted ? token("sheet") : shape ? token(level) : token("sheet");
  c.beginPath();
  if (shape) shape.path(c, SIZE / 2, (SIZE / 2 - 5) * shape.scale);
  else circle(c, SIZE / 2, SIZE / 4.4);
  c.fill();
  if (!shape) c.strokeStyle = token("water");
  c.stroke();
  if (untrusted) cross(c);
  return c.getImageData(0, 0, SIZE, SIZE);
}

function cross(c: CanvasRenderingContext2D): void {
  c.strokeStyle = token("ink");
  c.lineWidth = 4;
  c.beginPath();
  c.moveTo(10, 10);
  c.lineTo(SIZE - 10, SIZE - 10);
  c.moveTo(SIZE - 10, 10);
  c.lineTo(10, SIZE - 10);
  c.stroke();
}

/**
 * An object's mark: the level's shape, and by its layer whole, small, hollow or barred, so that a point, a source and a
 * site of one level are told apart without a word.
 */
function mark(level: string, variant: number, letter = ""): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const c = brush(canvas);
  const shape = SHAPES[level];
  const radius = (SIZE / 2 - 5) * (shape?.scale ?? (letter ? 0.9 : 0.6)) * (variant === 1 ? 0.66 : 1);
  c.lineWidth = 3;
  c.strokeStyle = shape ? token("ink") : token("quiet");
  c.fillStyle = shape ? token(level) : token("sheet");
  c.beginPath();
  (shape?.path ?? circle)(c, SIZE / 2, radius);
  c.fill();
  c.stroke();
  if (letter) {
    c.fillStyle = token("ink");
    c.font = `600 ${SIZE / 2.6}px ${getComputedStyle(document.body).fontFamily}`;
    c.textAlign = "center";
    c.textBaseline = "middle";
    c.fillText(letter, SIZE / 2, SIZE / 2 + 1);
    return canvas;
  }
  if (variant < 2) return canvas;
  c.fillStyle = token("sheet");
  c.lineWidth = 2;
  c.beginPath();
  if (variant === 2) circle(c, SIZE / 2, 7);
  else c.rect(9, SIZE / 2 - 4, SIZE - 18, 8);
  c.fill();
  c.stroke();
  return canvas;
}

/** The same mark for a legend beside the map. */
export const markPicture = (variant: number, level: string): string => mark(level, variant).toDataURL();

function put(map: Map, name: string, canvas: HTMLCanvasElement): void {
  const c = brush(canvas);
  if (map.hasImage(name)) map.removeImage(name);
  map.addImage(name, c.getImageData(0, 0, SIZE, SIZE), { pixelRatio: 2 });
}

/** The marks of objects: by layer and level, and a letter in a ring for a class that is no level. */
export function addMarks(map: Map, letters: Record<string, string>): void {
  for (let variant = 0; variant < 4; variant += 1) {
    for (const level of ["none", ...Object.keys(SHAPES)]) put(map, `mark-${variant}-${level}`, mark(level, variant));
    for (const [colour, letter] of Object.entries(letters)) put(map, `mark-${variant}-${colour}`, mark("", variant, letter));
  }
  for (const [colour, letter] of Object.entries(letters)) put(map, `level-${colour}`, mark("", 0, letter));
}

export function addShapes(map: Map): void {
  for (const level of ["none", ...Object.keys(SHAPES)]) {
    for (const untrusted of [false, true]) {
      const name = `level-${level}${untrusted ? "-untrusted" : ""}`;
      if (map.hasImage(name)) map.removeImage(name);
      map.addImage(name, draw(level, untrusted), { pixelRatio: 2 });
    }
  }
}
