/**
 * The risk map: objects by the hundred thousand as the server's vector tiles, in cells from afar and one by one when
 * close. The server cuts by what one may see; the panel cuts by layer, axis, level, sector and region.
 */
import type { ExpressionSpecification, LayerSpecification, Map, MapMouseEvent, VectorTileSource } from "maplibre-gl";

import { element, fetchJson, say, token } from "../lib/page";
import { addMarks, markPicture } from "./shapes";

export interface ObjectConfig {
  tiles: string;
  counts: string;
  objects: string;
  layers: { code: string; label: string; colours: string[] }[];
  shapes: Record<string, string>;
  letters: Record<string, string>;
  big: { by: number; unit: string };
  topics: string[];
}

interface Counts {
  state: "ready" | "building";
  total?: number;
  layers?: Record<string, Record<string, number>>;
}

interface Choice {
  open: boolean;
  layers: string[];
  axis: string;
  colours: string[];
  sectors: string;
  region: string;
}

const SOURCE = "objects";
const CLOSEST = 17; // from here on tiles hold every object; further in they are only drawn larger
const KEPT = "anlan-map";
const REACH = 9; // pixels around a click
const LAG_MS = 2500; // what the ledger tells is on the server's map within two seconds
const WEIGHT: ExpressionSpecification = ["match", ["get", "colour"], "red", 4, "orange", 3, "yellow", 2, "blue", 1, 0];
const COLOURS = ["red", "orange", "yellow", "blue", "none"];

export class Objects {
  private choice: Choice;
  private asked = new AbortController();
  private timer = 0;
  private late = 0;
  private readonly strip: HTMLElement | null;

  constructor(
    private readonly map: Map, private readonly el: HTMLElement, private readonly config: ObjectConfig,
    private readonly scale: number, private readonly show: (url: string) => void, private readonly busy: () => boolean,
  ) {
    this.choice = chosen(config);
    this.strip = el.querySelector("[data-map-strip]");
  }

  /** What the server is asked with: empty when nothing is switched on. */
  query(): Record<string, string> {
    const { layers, axis, colours, sectors, region } = this.choice;
    const asked = { layers: [...layers].sort().join(","), axis, colours: [...colours].sort().join(","), sectors, region };
    return Object.fromEntries(Object.entries(asked).filter(([, value]) => value));
  }

  start(): void {
    addMarks(this.map, this.config.letters);
    const panel = this.el.querySelector<HTMLDetailsElement>("[data-objects]");
    if (!panel) return;
    panel.open = this.choice.open && !matchMedia("(max-width: 719px)").matches;
    this.fill(panel);
    panel.addEventListener("toggle", () => this.opened(panel));
    panel.addEventListener("change", () => this.changed(panel));
    for (const sample of panel.querySelectorAll<HTMLImageElement>("[data-mark]")) {
      sample.src = markPicture(this.variant(sample.dataset["mark"] ?? ""), "orange");
    }
    this.map.on("moveend", () => this.count());
    this.map.on("click", "cells", (event) => this.nearer(event));
    this.map.on("click", "objects", (event) => this.pick(event));
    for (const layer of ["cells", "objects"]) {
      this.map.on("mouseenter", layer, () => { if (!this.busy()) this.map.getCanvas().style.cursor = "pointer"; });
      this.map.on("mouseleave", layer, () => { if (!this.busy()) this.map.getCanvas().style.cursor = ""; });
    }
    this.draw();
  }

  /** Something of a layer was written: look again once the server's map has read it. */
  news(): void {
    if (!this.choice.layers.length || this.late) return;
    this.late = window.setTimeout(() => {
      this.late = 0;
      if (this.map.getSource(SOURCE)) this.map.refreshTiles(SOURCE);
      this.count();
    }, LAG_MS);
  }

  private opened(panel: HTMLDetailsElement): void {
    this.choice.open = panel.open;
    const first = this.config.layers.find((layer) => layer.colours.includes("red"));
    if (panel.open && !this.choice.layers.length && first && !localStorage.getItem(KEPT)) {
      this.choice.layers = [first.code];
      this.fill(panel);
      this.draw();
    }
    this.keep();
  }

  private fill(panel: HTMLElement): void {
    for (const input of panel.querySelectorAll<HTMLInputElement>("input")) {
      const { name, value } = input;
      if (name === "axis") input.checked = this.choice.axis === value;
      else input.checked = (name === "layers" ? this.choice.layers : this.choice.colours).includes(value);
    }
    for (const select of panel.querySelectorAll("select")) {
      select.value = select.name === "sectors" ? this.choice.sectors : this.choice.region;
      if (select.selectedIndex < 0) select.value = "";
    }
  }

  private changed(panel: HTMLElement): void {
    const checked = (name: string): string[] =>
      [...panel.querySelectorAll<HTMLInputElement>(`input[name=${name}]:checked`)].map((input) => input.value);
    const selected = (name: string): string => panel.querySelector<HTMLSelectElement>(`select[name=${name}]`)?.value ?? "";
    this.choice = {
      ...this.choice, layers: checked("layers"), axis: checked("axis")[0] ?? "current", colours: checked("colours"),
      sectors: selected("sectors"), region: selected("region"),
    };
    this.keep();
    this.draw();
  }

  private keep(): void {
    try {
      localStorage.setItem(KEPT, JSON.stringify(this.choice)); // codes only, nothing of a person
    } catch {
      // a browser that keeps nothing starts anew each time
    }
  }

  /** Show what is chosen: the source is made when first needed, and given another address when the choice changes. */
  private draw(): void {
    const on = this.choice.layers.length > 0;
    this.el.classList.toggle("has-objects", on);
    const tiles = [`${location.origin}${this.config.tiles}?${new URLSearchParams(this.query()).toString()}`];
    const source = this.map.getSource<VectorTileSource>(SOURCE);
    if (on && source) source.setTiles(tiles);
    else if (on) {
      this.map.addSource(SOURCE, { type: "vector", tiles, minzoom: 0, maxzoom: CLOSEST });
      for (const layer of this.layers()) this.map.addLayer(layer, "stations");
    }
    for (const id of ["cells", "objects"]) {
      if (this.map.getLayer(id)) this.map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
    }
    this.count();
  }

  private variant(code: string): number {
    return Math.max(0, this.config.layers.findIndex((layer) => layer.code === code)) % 4;
  }

  private layers(): LayerSpecification[] {
    const s = Math.min(1.3, this.scale); // cells lie 64 points apart on every screen: a wall's larger marks would hide each other
    const worst: ExpressionSpecification = ["get", ["concat", "n_", ["get", "colour"]]];
    const marks = this.config.layers.flatMap((layer) => [layer.code, `${this.variant(layer.code)}`]);
    const mark = ["match", ["get", "layer"], ...marks, "0"] as unknown as ExpressionSpecification;
    const halo = { "text-color": token("map-ink"), "text-halo-color": token("sheet"), "text-halo-width": 1.5 };
    return [
      {
        id: "cells", type: "symbol", source: SOURCE, "source-layer": "cells",
        layout: {
          "icon-image": ["coalesce", ["image", ["concat", "level-", ["get", "colour"]]], ["image", "level-none"]],
          "icon-size": ["interpolate", ["linear"], ["log10", ["max", 1, worst]], 0, 0.7 * s, 2, s, 5, 1.7 * s],
          "icon-allow-overlap": true, "text-field": this.label(), "text-size": 12 * s, "text-offset": [0, 0.9],
          "text-anchor": "top", "text-font": ["sans"], "text-optional": true, "symbol-sort-key": WEIGHT,
        },
        paint: halo,
      },
      {
        id: "objects", type: "symbol", source: SOURCE, "source-layer": "objects",
        layout: {
          "icon-image": ["coalesce", ["image", ["concat", "mark-", mark, "-", ["get", "colour"]]], ["image", ["concat", "mark-", mark, "-none"]]],
          "icon-size": ["interpolate", ["linear"], ["zoom"], 16, 0.7 * s, 19, s], "icon-allow-overlap": true,
          "symbol-sort-key": WEIGHT,
        },
      },
    ];
  }

  /** “3/1.2万”: so many of the worst level among so many; one number where all are of it. */
  private label(): ExpressionSpecification {
    const { by, unit } = this.config.big;
    const n: ExpressionSpecification = ["get", "n"];
    const worst: ExpressionSpecification = ["get", ["concat", "n_", ["get", "colour"]]];
    const short = (x: ExpressionSpecification): ExpressionSpecification =>
      ["case", [">=", x, by], ["concat", ["number-format", ["/", x, by], { "max-fraction-digits": 1 }], unit], ["to-string", x]];
    return ["case", ["==", worst, n], short(n), ["concat", short(worst), "/", short(n)]];
  }

  private nearer(event: MapMouseEvent): void {
    if (this.busy()) return;
    this.map.easeTo({ center: event.lngLat, zoom: Math.min(CLOSEST, this.map.getZoom() + 2), duration: 200 });
  }

  private pick(event: MapMouseEvent): void {
    if (this.busy()) return;
    const { x, y } = event.point;
    const found = this.map.queryRenderedFeatures([[x - REACH, y - REACH], [x + REACH, y + REACH]], { layers: ["objects"] });
    const ids = [...new Set(found.map((feature) => String(feature.id)))].slice(0, 60);
    if (ids.length) this.show(`${this.config.objects}?${ids.map((id) => `o=${id}`).join("&")}`);
  }

  // ---- the strip: what the screen shows, in figures ----
  private count(): void {
    clearTimeout(this.timer);
    this.asked.abort();
    if (!this.strip) return;
    this.strip.hidden = !this.choice.layers.length;
    if (this.choice.layers.length) this.timer = window.setTimeout(() => void this.ask(), 120);
  }

  private async ask(): Promise<void> {
    this.asked = new AbortController();
    const bounds = this.map.getBounds();
    const bbox = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map((n) => n.toFixed(6)).join(",");
    try {
      const found = await fetchJson<Counts>(`${this.config.counts}?${new URLSearchParams({ ...this.query(), bbox }).toString()}`, this.asked.signal);
      if (found.state === "ready") return this.tell(found);
      this.strip?.replaceChildren(element("span", "quiet", say("map.building")));
      this.timer = window.setTimeout(() => {
        if (this.map.getSource(SOURCE)) this.map.refreshTiles(SOURCE);
        void this.ask();
      }, 1000);
    } catch (failure) {
      if (!(failure instanceof DOMException)) this.strip?.replaceChildren(element("span", "quiet", say("map.no_count")));
    }
  }

  private tell(found: Counts): void {
    const parts: HTMLElement[] = [element("span", "quiet", say("map.in_view"))];
    for (const layer of this.config.layers.filter(({ code }) => this.choice.layers.includes(code))) {
      const colours = found.layers?.[layer.code] ?? {};
      const total = Object.values(colours).reduce((sum, n) => sum + n, 0);
      const part = element("span", "strip-layer", `${layer.label} `);
      part.append(element("b", "", total.toLocaleString()));
      for (const colour of [...COLOURS, ...Object.keys(this.config.letters)]) {
        const n = colours[colour] ?? 0;
        if (!n || (colour === "none" && layer.colours.length < 2)) continue;
        const chip = element("span", `strip-level of-${colour}`);
        const shape = element("i", "", this.config.shapes[colour] ?? this.config.letters[colour] ?? "○");
        shape.title = colour === "none" ? say("map.not_assessed") : "";
        chip.append(shape, ` ${n.toLocaleString()}`);
        part.append(chip);
      }
      parts.push(part);
    }
    this.strip?.replaceChildren(...parts);
    this.el.dataset["counted"] = String(found.total ?? 0);
  }
}

/** The choice of the address, else the one kept in this browser, else nothing switched on. */
function chosen(config: ObjectConfig): Choice {
  const none: Choice = { open: false, layers: [], axis: "current", colours: [], sectors: "", region: "" };
  const known = (codes: unknown): string[] =>
    Array.isArray(codes) ? codes.filter((code) => config.layers.some((layer) => layer.code === code)) : [];
  const given = new URLSearchParams(location.search);
  if (given.has("layers")) {
    const list = (name: string): string[] => (given.get(name) ?? "").split(",").filter(Boolean);
    return {
      open: true, layers: known(list("layers")), axis: given.get("axis") ?? "current", colours: list("colours"),
      sectors: given.get("sectors") ?? "", region: given.get("region") ?? "",
    };
  }
  try {
    const kept = { ...none, ...(JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Choice>) };
    return { ...kept, layers: known(kept.layers) };
  } catch {
    return none;
  }
}
