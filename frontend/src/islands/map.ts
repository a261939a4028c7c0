/**
 * The situation map. The element names its data: `data-urls` (JSON of endpoint addresses, block by `data-from`).
 * Layers in fixed order: areas, lines, points, people, alarms. What is selected opens the side panel, never a bubble.
 */
import "maplibre-gl/dist/maplibre-gl.css";

import htmx from "htmx.org";
import type { FeatureCollection, Polygon } from "geojson";
import * as maplibregl from "maplibre-gl";
import type { GeoJSONSource, LngLatBoundsLike, Map } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";

import { element, fetchJson, given, say } from "../lib/page";
import { AreaTool } from "../map/draw";
import { Objects, type ObjectConfig } from "../map/objects";
import { Scrubber } from "../map/scrub";
import { addShapes } from "../map/shapes";
import { FONT, GROUPS, scale, style, type SourceName } from "../map/style";

interface Config extends ObjectConfig {
  bounds: LngLatBoundsLike;
  regions: string;
  base: string;
  stations: string;
  alarms: string;
  callouts: string;
  area: string;
  affected: string;
  panel: string;
  hours: number;
}

interface Alarm {
  id: string;
  lon: number;
  lat: number;
  colour: string;
  shape: string;
  title: string;
  url: string;
}

// The library's own worker is found only under a bundler's address (maplibre-gl 6 is a module).
maplibregl.setWorkerUrl(workerUrl);
maplibregl.prewarm(); // the worker starts while the map is still being made

class Situation {
  readonly map: Map;
  private window = "60";
  private at: number | null = null;
  private readonly markers = new globalThis.Map<string, maplibregl.Marker>();
  private readonly hidden = new Set<string>();
  private readonly side: HTMLElement | null;
  private readonly objects: Objects;
  private tool: AreaTool | null = null;
  private readonly styled: Promise<void>;

  constructor(private readonly el: HTMLElement, private readonly config: Config) {
    const canvas = el.querySelector<HTMLElement>("[data-map-canvas]") ?? el;
    this.side = document.getElementById("map-side");
    this.map = new maplibregl.Map({
      container: canvas, style: style(), bounds: config.bounds, fitBoundsOptions: { padding: 24 },
      localIdeographFontFamily: FONT, attributionControl: false, maxZoom: 20, dragRotate: false, pitchWithRotate: false,
      fadeDuration: 0, renderWorldCopies: false, // fewer frames: some seats draw without a graphics card
      locale: { "NavigationControl.ZoomIn": say("map.zoom_in"), "NavigationControl.ZoomOut": say("map.zoom_out"), "Map.Title": say("map.title") },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
    this.objects = new Objects(this.map, el, config, scale(), (url) => this.open(url), () => this.tool?.drawing ?? false);
    // Not "load": that waits for a first frame, and would have us draw an empty map before ours.
    this.styled = new Promise((done) => void this.map.once("style.load", () => done()));
    void this.begin();
  }

  private async begin(): Promise<void> {
    const asked = Promise.all([
      this.put("regions", this.config.regions), this.put("base", this.config.base), this.put("area", this.config.area), this.refresh(),
    ]);
    await this.styled;
    addShapes(this.map);
    this.wire();
    this.objects.start();
    this.frame();
    await asked;
    this.el.dataset["ready"] = "1"; // browser tests wait for it
    // Everything asked for is drawn: milliseconds since the page was opened.
    void this.map.once("idle", () => { this.el.dataset["idle"] = String(Math.round(performance.now())); });
    this.map.triggerRepaint(); // were all of it drawn already, nothing would be idle again
  }

  /** Where the map opens: at `?place=lon,lat,zoom`, else the whole district beside the open panel. */
  private frame(): void {
    const [lon, lat, zoom] = (new URLSearchParams(location.search).get("place") ?? "").split(",").map(Number);
    if (lon && lat) return void this.map.jumpTo({ center: [lon, lat], zoom: zoom || 17 });
    const panel = this.el.querySelector<HTMLDetailsElement>("[data-objects][open]")?.offsetWidth ?? 0;
    if (panel) this.map.fitBounds(this.config.bounds, { padding: { top: 24, bottom: 24, right: 24, left: panel + 32 }, animate: false });
  }

  /** Everything that moves with time: stations, call-outs, alarms. */
  async refresh(): Promise<void> {
    const cut = new URLSearchParams({ window: this.window });
    if (this.at !== null) cut.set("at", new Date(this.at).toISOString());
    await Promise.all([
      this.put("stations", `${this.config.stations}?${cut.toString()}`),
      this.put("callouts", `${this.config.callouts}?${cut.toString()}`),
      this.alarms(`${this.config.alarms}?${cut.toString()}`),
    ]);
  }

  private async put(name: SourceName, url: string): Promise<void> {
    const data = await fetchJson<FeatureCollection & { time?: string }>(url);
    await this.styled;
    void this.map.getSource<GeoJSONSource>(name)?.setData(data);
    const stamp = this.el.querySelector<HTMLElement>("[data-map-time]");
    if (name === "stations" && stamp && data.time) stamp.textContent = data.time;
  }

  private async alarms(url: string): Promise<void> {
    const { alarms } = await fetchJson<{ alarms: Alarm[] }>(url);
    const live = new Set(alarms.map((alarm) => alarm.id));
    for (const [id, marker] of this.markers) {
      if (!live.has(id)) {
        marker.remove();
        this.markers.delete(id);
      }
    }
    const first = !this.el.dataset["ready"];
    for (const alarm of alarms) if (!this.markers.has(alarm.id)) this.mark(alarm, !first);
  }

  private mark(alarm: Alarm, isNew: boolean): void {
    const button = element("button", `alarm-mark lv-${alarm.colour}${isNew ? " is-new" : ""}`, alarm.shape);
    button.type = "button";
    button.title = alarm.title;
    button.setAttribute("aria-label", alarm.title);
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      this.open(alarm.url);
    });
    button.hidden = this.hidden.has("alarms");
    this.markers.set(alarm.id, new maplibregl.Marker({ element: button }).setLngLat([alarm.lon, alarm.lat]).addTo(this.map));
  }

  private open(url: string): void {
    if (!this.side) return;
    void htmx.ajax("get", url, { target: this.side, swap: "innerHTML" }).then(() => {
      this.side?.classList.add("has-selection");
      this.side?.focus({ preventScroll: true });
    });
  }

  private wire(): void {
    const tool = new AreaTool(this.map, (area) => void this.count(area), () => this.el.classList.remove("is-drawing"));
    this.tool = tool;
    this.map.on("click", "stations", (event) => {
      const id = event.features?.[0]?.properties["id"] as string | undefined;
      if (id && !tool.drawing) this.open(this.config.panel.replace("00000000-0000-0000-0000-000000000000", id));
    });
    this.map.on("mouseenter", "stations", () => { if (!tool.drawing) this.map.getCanvas().style.cursor = "pointer"; });
    this.map.on("mouseleave", "stations", () => { if (!tool.drawing) this.map.getCanvas().style.cursor = ""; });
    this.on("[data-draw]", () => {
      this.el.classList.add("is-drawing");
      tool.start();
    });
    this.on("[data-draw-clear]", () => tool.clear());
    for (const box of this.el.querySelectorAll<HTMLInputElement>("[data-group]")) {
      box.addEventListener("change", () => this.group(box.dataset["group"] ?? "", box.checked));
    }
    this.el.querySelector<HTMLSelectElement>("[data-window]")?.addEventListener("change", (event) => {
      this.window = (event.target as HTMLSelectElement).value;
      void this.refresh();
    });
    this.el.addEventListener("live", (event) => this.heard((event as CustomEvent<{ topic?: string }>).detail?.topic ?? ""));
    const line = this.el.querySelector<HTMLElement>("[data-scrub]");
    if (line) new Scrubber(line, this.config.hours, (at) => { this.at = at; return this.refresh(); });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => location.reload());
  }

  private heard(topic: string): void {
    if (this.config.topics.includes(topic)) this.objects.news();
    else if (this.at === null) void this.refresh();
  }

  private on(selector: string, act: () => void): void {
    this.el.querySelector(selector)?.addEventListener("click", act);
  }

  private group(name: string, shown: boolean): void {
    for (const id of GROUPS[name] ?? []) this.map.setLayoutProperty(id, "visibility", shown ? "visible" : "none");
    if (shown) this.hidden.delete(name);
    else this.hidden.add(name);
    if (name === "alarms") for (const marker of this.markers.values()) marker.getElement().hidden = !shown;
  }

  /** What the drawn area touches: the server counts, and offers a call-out for it. */
  private async count(area: Polygon): Promise<void> {
    if (!this.side) return;
    await htmx.ajax("post", this.config.affected, { target: this.side, swap: "innerHTML", values: { area: JSON.stringify(area), ...this.objects.query() } });
    this.side.classList.add("has-selection");
  }
}

export function mount(el: HTMLElement): void {
  new Situation(el, given<Config>(el));
}
