/** Photographs are made small on the phone: long edge 1,600 px, at most 300 kB, and kept under their SM3. */
import { sm3 } from "./sm3";
import { photos } from "./store";

const EDGE = 1600;
const MOST = 300 * 1024;
const QUALITIES = [0.8, 0.65, 0.5, 0.38];

async function picture(file: Blob): Promise<CanvasImageSource & { width: number; height: number }> {
  if ("createImageBitmap" in window) {
    try {
      return await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch { /* old phones know the function and not its options */ }
  }
  const image = new Image();
  image.src = URL.createObjectURL(file);
  await image.decode();
  URL.revokeObjectURL(image.src);
  return image;
}

const encoded = (canvas: HTMLCanvasElement, quality: number): Promise<Blob | null> =>
  new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

function drawn(image: CanvasImageSource & { width: number; height: number }, edge: number): HTMLCanvasElement {
  const scale = Math.min(1, edge / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** The picture as a JPEG of at most 300 kB; the last try is what it is. */
export async function compressed(file: Blob): Promise<Blob> {
  const image = await picture(file);
  let best: Blob | null = null;
  for (const edge of [EDGE, EDGE * 0.7]) {
    const canvas = drawn(image, edge);
    for (const quality of QUALITIES) {
      best = (await encoded(canvas, quality)) ?? best;
      if (best && best.size <= MOST) return best;
    }
  }
  if (!best) throw new Error("picture");
  return best;
}

/** Keep bytes under their SM3; the same picture twice is one. */
export async function keep(blob: Blob): Promise<string> {
  const digest = sm3(new Uint8Array(await blob.arrayBuffer()));
  if (!(await photos.get(digest))) await photos.put({ sm3: digest, blob, size: blob.size, sent: 0, done: false });
  return digest;
}
