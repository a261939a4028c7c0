/** The few parts of ECharts that are used, and the house's looks: no 3-D, no gauges, no pies. */
import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent, DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent,
} from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

import { token } from "../lib/page";

use([
  BarChart, LineChart, ScatterChart, AriaComponent, DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent,
  MarkLineComponent, TooltipComponent, CanvasRenderer,
]);

export function chart(el: HTMLElement): EChartsType {
  const made = init(el, null, { renderer: "canvas" });
  new ResizeObserver(() => made.resize()).observe(el);
  return made;
}

/** Text in charts follows the page: 12 px on a desk, twice that on the wall. */
export const textSize = (): number => Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.75);

export const text = (): { color: string; fontFamily: string; fontSize: number } => ({
  color: token("ink"), fontFamily: token("font"), fontSize: textSize(),
});

export const axisLook = (): object => ({
  axisLine: { lineStyle: { color: token("rule-strong") } },
  axisTick: { show: false },
  axisLabel: { color: token("quiet"), fontSize: textSize(), fontFamily: token("font") },
  splitLine: { lineStyle: { color: token("rule"), width: 1 } },
  nameTextStyle: { color: token("quiet"), fontSize: textSize(), fontFamily: token("font") },
});

/** A tap in the column of a point opens it: of several the one that lies nearest. The table under the chart has the same
 * doors for the keyboard. `values` and `urls` are by series, then by column. */
export function doors(made: EChartsType, values: (number | null)[][], urls: string[][]): void {
  made.getZr().on("click", (event) => {
    const at = [event.offsetX, event.offsetY];
    if (!made.containPixel({ gridIndex: 0 }, at)) return;
    const [x = 0, y = 0] = made.convertFromPixel({ gridIndex: 0 }, at) as number[];
    const column = Math.round(x);
    let nearest = "";
    let distance = Infinity;
    urls.forEach((row, place) => {
      const url = row[column];
      const value = values[place]?.[column];
      if (!url || value === null || value === undefined || Math.abs(value - y) >= distance) return;
      distance = Math.abs(value - y);
      nearest = url;
    });
    if (nearest) location.assign(nearest);
  });
}

/** Tooltips are drawn on the canvas: markup with styles of its own would break the page's policy. */
export const tooltip = (): object => ({
  trigger: "axis", renderMode: "richText", confine: true, backgroundColor: token("sheet"), borderColor: token("rule-strong"),
  textStyle: text(), axisPointer: { lineStyle: { color: token("rule-strong") } },
});
