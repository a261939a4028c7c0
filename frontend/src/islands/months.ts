/** A number by month: bars for the months that end with the span, a line for the same months of the year before. */
import { axisLook, chart, doors, text, tooltip } from "../charts/echarts";
import { given, say, token } from "../lib/page";

interface Data {
  months: string[];
  now: (number | null)[];
  then: (number | null)[];
  doors: string[][];
}

function option(data: Data): Record<string, unknown> {
  return {
    animation: false, textStyle: text(), aria: { enabled: true },
    grid: { left: 56, right: 12, top: 36, bottom: 28 },
    legend: { top: 0, right: 4, icon: "rect", itemHeight: 3, itemWidth: 24, textStyle: text() },
    tooltip: tooltip(),
    xAxis: { type: "category", data: data.months, ...axisLook(), axisLabel: { color: token("quiet"), hideOverlap: true }, splitLine: { show: false } },
    yAxis: { type: "value", ...axisLook() }, // the unit stands in the head of the page
    series: [
      { name: say("chart.months_now"), type: "bar", data: data.now, barMaxWidth: 22, itemStyle: { color: token("accent") } },
      {
        name: say("chart.months_then"), type: "line", data: data.then, symbolSize: 5, connectNulls: false,
        lineStyle: { width: 2, type: "dashed", color: token("series-2") }, itemStyle: { color: token("series-2") },
      },
    ],
  };
}

export function mount(el: HTMLElement): void {
  const data = given<Data>(el);
  const made = chart(el);
  made.setOption(option(data), { notMerge: true });
  doors(made, [data.now, data.then], data.doors);
  el.dataset["ready"] = "1";
}
