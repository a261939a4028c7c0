/** Plan against fact: how many tasks should have been done by each moment, how many were. */
import { axisLook, chart, text, tooltip } from "../charts/echarts";
import { clockText, fetchJson, say, token, worldNow } from "../lib/page";

interface Data {
  plan: [number, number][];
  fact: [number, number][];
  levels: { at: number; label: string }[];
  end: number | null;
}

function option(data: Data): Record<string, unknown> {
  const now = data.end ?? worldNow();
  const last = data.fact.at(-1)?.[1] ?? 0;
  return {
    animation: false, textStyle: text(), aria: { enabled: true },
    grid: { left: 44, right: 20, top: 36, bottom: 32 },
    legend: { top: 0, right: 8, icon: "rect", itemHeight: 3, textStyle: text(), itemWidth: 24 },
    tooltip: tooltip(),
    xAxis: { type: "time", ...axisLook(), axisLabel: { ...text(), color: token("quiet"), formatter: (at: number) => clockText(at), hideOverlap: true }, splitLine: { show: false } },
    yAxis: { type: "value", minInterval: 1, name: say("chart.tasks"), ...axisLook() },
    series: [
      {
        name: say("chart.plan"), type: "line", step: "end", data: data.plan, showSymbol: false,
        lineStyle: { width: 2, type: "dashed", color: token("series-2") }, itemStyle: { color: token("series-2") },
        markLine: {
          silent: true, symbol: "none", lineStyle: { color: token("rule-strong"), type: "solid" },
          label: { ...text(), formatter: (p: { name: string }) => p.name },
          data: [...data.levels.map((level) => ({ xAxis: level.at, name: level.label })), { xAxis: now, name: data.end ? say("chart.ended") : say("chart.now") }],
        },
      },
      {
        name: say("chart.fact"), type: "line", step: "end", data: [...data.fact, [now, last]], showSymbol: false,
        lineStyle: { width: 3, color: token("accent") }, itemStyle: { color: token("accent") },
      },
    ],
  };
}

export async function mount(el: HTMLElement): Promise<void> {
  const made = chart(el);
  const draw = async (): Promise<void> => {
    made.setOption(option(await fetchJson<Data>(el.dataset["url"] ?? "")), { notMerge: true });
    el.dataset["ready"] = "1";
  };
  await draw();
  el.addEventListener("live", () => void draw());
}
