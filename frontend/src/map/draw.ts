/** Drawing an area: a click sets a corner, a double click or Enter closes it, Escape drops it. Counts follow. */
import type { Feature, Polygon, Position } from "geojson";
import type { GeoJSONSource, Map, MapMouseEvent } from "maplibre-gl";

export class AreaTool {
  private corners: Position[] = [];
  private on = false;

  constructor(private readonly map: Map, private readonly done: (area: Polygon) => void, private readonly ended: () => void) {
    map.on("click", (event) => this.click(event));
    map.on("dblclick", (event) => this.close(event));
    map.on("mousemove", (event) => this.on && this.show([event.lngLat.lng, event.lngLat.lat]));
    document.addEventListener("keydown", (event) => {
      if (!this.on) return;
      if (event.key === "Enter") this.finish();
      if (event.key === "Escape") this.stop();
    });
  }

  get drawing(): boolean {
    return this.on;
  }

  start(): void {
    this.corners = [];
    this.on = true;
    this.map.getCanvas().style.cursor = "crosshair";
    this.map.doubleClickZoom.disable();
    this.show();
  }

  clear(): void {
    this.corners = [];
    this.show();
  }

  private click(event: MapMouseEvent): void {
    if (!this.on) return;
    this.corners.push([event.lngLat.lng, event.lngLat.lat]);
    this.show();
  }

  private close(event: MapMouseEvent): void {
    if (!this.on) return;
    event.preventDefault();
    this.corners.pop(); // a double click has set its corner twice
    this.finish();
  }

  private finish(): void {
    if (this.corners.length < 3) return;
    const area = ring(this.corners);
    this.stop(false);
    this.show();
    this.done(area);
  }

  private stop(drop = true): void {
    this.on = false;
    if (drop) this.clear();
    this.map.getCanvas().style.cursor = "";
    this.map.doubleClickZoom.enable();
    this.ended();
  }

  private show(next?: Position): void {
    const corners = next ? [...this.corners, next] : this.corners;
    const features: Feature[] = corners.map((at) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at } }));
    if (corners.length > 2) features.push({ type: "Feature", properties: {}, geometry: ring(corners) });
    else if (corners.length === 2) features.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: corners } });
    void this.map.getSource<GeoJSONSource>("drawn")?.setData({ type: "FeatureCollection", features });
  }
}

function ring(corners: Position[]): Polygon {
  const first = corners[0] as Position;
  return { type: "Polygon", coordinates: [[...corners, first]] };
}
