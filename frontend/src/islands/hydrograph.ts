/**
 * The hydrograph: rain hangs from the top, level rises from below. Thresholds are labelled lines, gaps stay gaps,
 * bad readings are marked, alarm episodes are bands, neighbours thin lines. Data comes from `data-url`.
 */
import { axisLook, chart, text, tooltip } from "../charts/echarts";
import { clockText, dayClock, fetchJson, say, token } from "../lib/page";

type Point = [number, number | null];

interface Data {
  unit: string;
  rain: Point[];
  level: Point[];
  bad: { at: number; value: number; reason: string }[];
  marks: { value: number; label: string; colour: string; on: "rain" | "level" }[];
  episodes: { from: number; to: number; colour: string; label: string }[];
  neighbours: { name: string; points: Point[] }[];
}

const HATCH: Record<string, string> = { red: "red", orange: "orange", yellow: "yellow", blue: "blue" };

function lines(data: Data, on: "rain" | "level"): object {
  return {
    silent: true, symbol: "none",
    data: data.marks.filter((mark) => mark.on === on).map((mark) => ({
      yAxis: mark.value, name: mark.label,
      lineStyle: { color: HATCH[mark.colour] ? token(mark.colour) : token("quiet"), type: "dashed", width: 1.5 },
      label: { formatter: `${mark.label} ${mark.value}`, position: "insideStartTop", ...text() },
    })),
  };
}

function bands(data: Data): object {
  return {
    silent: true,
    label: { ...text(), position: "insideTop" },
    data: data.episodes.map((band) => [
      { xAxis: band.from, name: band.label, itemStyle: { color: token(band.colour) || token("rule"), opacity: 0.14 } },
      { xAxis: band.to },
    ]),
  };
}

function series(data: Data): object[] {
  const grid = data.level.length ? 1 : 0;
  const found: object[] = [];
  if (data.rain.length) {
    found.push({
      name: say("chart.rain"), type: "bar", xAxisIndex: 0, yAxisIndex: 0, data: data.rain, barMaxWidth: 12,
      itemStyle: { color: token("water") }, markLine: lines(data, "rain"), markArea: grid ? undefined : bands(data),
    });
  }
  for (const near of data.neighbours) {
    found.push({
      name: near.name, type: "line", xAxisIndex: grid && data.rain.length ? 1 : 0, yAxisIndex: grid && data.rain.length ? 1 : 0, data: near.points,
      showSymbol: false, connectNulls: false, lineStyle: { width: 1, color: token("series-2"), opacity: 0.7 }, itemStyle: { color: token("series-2") }, step: data.level.length ? false : "end",
    });
  }
  if (data.level.length) {
    const at = data.rain.length ? 1 : 0;
    found.push({
      name: say("chart.level"), type: "line", xAxisIndex: at, yAxisIndex: at, data: data.level, showSymbol: false,
      connectNulls: false, lineStyle: { width: 2, color: token("series") }, itemStyle: { color: token("series") },
      markLine: lines(data, "level"), markArea: bands(data),
    });
  }
  if (data.bad.length) {
    const at = data.rain.length && data.level.length ? 1 : 0;
    found.push({
      name: say("chart.bad"), type: "scatter", xAxisIndex: at, yAxisIndex: at, symbol: "diamond", symbolSize: 9,
      data: data.bad.map((point) => ({ value: [point.at, point.value], name: point.reason })),
      itemStyle: { color: token("sheet"), borderColor: token("ink"), borderWidth: 1.5 },
    });
  }
  return found;
}

function option(data: Data): Record<string, unknown> {
  const both = data.rain.length > 0 && data.level.length > 0;
  const x = { type: "time", ...axisLook(), axisLabel: { ...text(), color: token("quiet"), formatter: (at: number) => clockText(at), hideOverlap: true }, splitLine: { show: false } };
  const rainAxis = { type: "value", inverse: true, name: say("chart.rain_unit"), nameLocation: "start", min: 0, ...axisLook(), splitNumber: 3 };
  const levelAxis = { type: "value", name: data.unit, scale: true, ...axisLook(), splitNumber: 4 };
  const rainOnly = { ...rainAxis, inverse: data.level.length > 0 };
  return {
    animation: false, textStyle: text(), aria: { enabled: true },
    grid: both
      ? [{ left: 56, right: 24, top: 32, height: "26%" }, { left: 56, right: 24, top: "42%", bottom: 64 }]
      : [{ left: 56, right: 24, top: 40, bottom: 64 }],
    xAxis: both ? [{ ...x, gridIndex: 0, axisLabel: { show: false } }, { ...x, gridIndex: 1 }] : [x],
    yAxis: both ? [{ ...rainAxis, gridIndex: 0 }, { ...levelAxis, gridIndex: 1 }] : [data.rain.length ? rainOnly : levelAxis],
    axisPointer: { link: [{ xAxisIndex: "all" }], label: { formatter: (p: { value: number }) => dayClock(p.value) } },
    tooltip: tooltip(),
    dataZoom: [{ type: "inside", xAxisIndex: both ? [0, 1] : [0] }, { type: "slider", xAxisIndex: both ? [0, 1] : [0], height: 18, bottom: 12, borderColor: token("rule"), fillerColor: token("accent-soft"), moveHandleSize: 0, showDataShadow: false, brushSelect: false, handleStyle: { color: token("sheet"), borderColor: token("accent") }, labelFormatter: (at: number) => dayClock(at), textStyle: text() }],
    series: series(data),
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
