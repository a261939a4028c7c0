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

/** Tooltips are drawn on the canvas: markup with styles of its own would break the page's policy. */
export const tooltip = (): object => ({
  trigger: "axis", renderMode: "richText", confine: true, backgroundColor: token("sheet"), borderColor: token("rule-strong"),
  textStyle: text(), axisPointer: { lineStyle: { color: token("rule-strong") } },
});
