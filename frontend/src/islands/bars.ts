/** A number by street or by month: bars, or lines where it runs on; a second set for the year before. Gaps stay gaps. */
import { axisLook, chart, doors, text, tooltip } from "../charts/echarts";
import { given, token } from "../lib/page";

interface Data {
  kind: "bar" | "line";
  labels: string[];
  series: { name: string; values: (number | null)[]; urls: string[] }[];
  unit: string;
}

function option(data: Data): Record<string, unknown> {
  const inks = ["accent", "series-2"];
  return {
    animation: false, textStyle: text(), aria: { enabled: true },
    grid: { left: 48, right: 12, top: 36, bottom: 28, containLabel: false },
    legend: { top: 0, right: 4, icon: "rect", itemHeight: 3, itemWidth: 24, textStyle: text(), show: data.series.length > 1 },
    tooltip: tooltip(),
    xAxis: { type: "category", data: data.labels, ...axisLook(), axisLabel: { ...text(), color: token("quiet"), interval: 0, hideOverlap: true }, splitLine: { show: false } },
    yAxis: { type: "value", ...axisLook() },
    series: data.series.map((one, place) => ({
      name: one.name, type: data.kind, data: one.values, barMaxWidth: 28, connectNulls: false, symbolSize: 8,
      itemStyle: { color: token(inks[place % inks.length] ?? "accent") },
      lineStyle: { width: place ? 2 : 3, type: place ? "dashed" : "solid", color: token(inks[place % inks.length] ?? "accent") },
      label: { show: place === 0, position: "top", color: token("ink"), fontSize: text().fontSize },
      labelLayout: { hideOverlap: true },
    })),
  };
}

export function mount(el: HTMLElement): void {
  const data = given<Data>(el);
  const made = chart(el);
  made.setOption(option(data), { notMerge: true });
  doors(made, data.series.map((one) => one.values), data.series.map((one) => one.urls));
  el.dataset["ready"] = "1";
}
