/** The base of the map: quiet and desaturated, all of it our own rows; then our layers in their fixed order. */
import type { LayerSpecification, StyleSpecification } from "maplibre-gl";

import { token } from "../lib/page";

export const FONT = "'Noto Sans CJK SC','WenQuanYi Micro Hei','PingFang SC','Microsoft YaHei',sans-serif";
/** Sizes are written for a desk and grow with the page: the wall reads at eight metres. */
export const scale = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
const EMPTY = { type: "FeatureCollection" as const, features: [] };
export const SOURCES = ["regions", "base", "area", "drawn", "stations", "callouts"] as const;
export type SourceName = (typeof SOURCES)[number];

/** Groups of layers that one entry of the legend switches. */
export const GROUPS: Record<string, string[]> = {
  base: ["hills", "rivers", "roads", "waters"],
  area: ["area-fill", "area-line"],
  callouts: ["callouts"],
  stations: ["stations", "station-values"],
  alarms: [],
};

function base(): LayerSpecification[] {
  // Edges that a line is drawn along need no smoothing of their own.
  return [
    { id: "sea", type: "background", paint: { "background-color": token("sea") } },
    { id: "land", type: "fill", source: "regions", filter: ["==", ["get", "level"], "county"], paint: { "fill-color": token("land"), "fill-opacity": 0.75, "fill-antialias": false } },
    { id: "ours", type: "fill", source: "regions", filter: ["==", ["get", "level"], "street"], paint: { "fill-color": token("sheet"), "fill-antialias": false } },
    { id: "hills", type: "fill", source: "base", filter: ["all", ["==", ["geometry-type"], "Polygon"], ["==", ["get", "kind"], "hill"]], paint: { "fill-color": token("hill"), "fill-opacity": 0.75 } },
    { id: "waters", type: "fill", source: "base", filter: ["all", ["==", ["geometry-type"], "Polygon"], ["!=", ["get", "kind"], "hill"]], paint: { "fill-color": token("river"), "fill-opacity": 0.7 } },
    { id: "rivers", type: "line", source: "base", filter: ["==", ["get", "kind"], "river"], paint: { "line-color": token("river"), "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1.2, 14, 5] } },
    { id: "roads", type: "line", source: "base", filter: ["==", ["get", "kind"], "road"], paint: { "line-color": token("road"), "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.8, 14, 4] } },
    { id: "county-line", type: "line", source: "regions", filter: ["==", ["get", "level"], "county"], paint: { "line-color": token("border"), "line-width": 1.2 } },
    { id: "community-line", type: "line", source: "regions", minzoom: 11.5, filter: ["==", ["get", "level"], "community"], paint: { "line-color": token("border"), "line-width": 0.4, "line-opacity": 0.6 } },
    { id: "street-line", type: "line", source: "regions", filter: ["==", ["get", "level"], "street"], paint: { "line-color": token("border"), "line-width": 0.8, "line-dasharray": [4, 2] } },
  ];
}

function ours(): LayerSpecification[] {
  const halo = { "text-color": token("map-ink"), "text-halo-color": token("sheet"), "text-halo-width": 1.5 };
  return [
    { id: "area-fill", type: "fill", source: "area", paint: { "fill-color": token("accent"), "fill-opacity": 0.12 } },
    { id: "area-line", type: "line", source: "area", paint: { "line-color": token("accent"), "line-width": 2 } },
    { id: "drawn-fill", type: "fill", source: "drawn", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": token("accent"), "fill-opacity": 0.18 } },
    { id: "drawn-line", type: "line", source: "drawn", paint: { "line-color": token("accent"), "line-width": 2, "line-dasharray": [2, 1] } },
    { id: "region-names", type: "symbol", source: "regions", filter: ["==", ["get", "level"], "street-name"], layout: { "text-field": ["get", "name"], "text-size": 14 * scale(), "text-offset": [0, -1], "text-font": ["sans"], "text-allow-overlap": true, "text-ignore-placement": true }, paint: halo },
    { id: "stations", type: "symbol", source: "stations", layout: { "icon-image": ["get", "icon"], "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.6 * scale(), 12, scale()], "icon-allow-overlap": true, "symbol-sort-key": ["get", "weight"] } },
    { id: "station-values", type: "symbol", source: "stations", minzoom: 9.5, filter: ["!=", ["get", "text"], ""], layout: { "text-field": ["get", "text"], "text-size": 12 * scale(), "text-offset": [0, 1.2], "text-anchor": "top", "text-font": ["sans"], "text-optional": true, "symbol-sort-key": ["-", 0, ["get", "weight"]] }, paint: halo },
    { id: "callouts", type: "symbol", source: "callouts", layout: { "text-field": ["get", "text"], "text-size": 14 * scale(), "text-offset": [0, 0.6], "text-font": ["sans"], "text-allow-overlap": true }, paint: { "text-color": token("ink"), "text-halo-color": token("accent-soft"), "text-halo-width": 6 } },
    { id: "drawn-points", type: "circle", source: "drawn", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 5, "circle-color": token("sheet"), "circle-stroke-color": token("accent"), "circle-stroke-width": 2 } },
  ];
}

export function style(): StyleSpecification {
  return {
    version: 8,
    // No `glyphs`: letters and ideographs are drawn with this machine's own fonts, so nothing is fetched.
    sources: Object.fromEntries(SOURCES.map((name) => [name, { type: "geojson" as const, data: EMPTY, promoteId: "id" }])),
    layers: [...base(), ...ours()],
  };
}
