/** What the server says to the islands: words, the world's clock, and one JSON block an island. */

type Words = Record<string, string>;

function block<T>(id: string, empty: T): T {
  const node = document.getElementById(id);
  return node?.textContent ? (JSON.parse(node.textContent) as T) : empty;
}

const words = block<Words>("words", {});

/** The translated text of `key`, with `{name}` filled in; the key itself when the page sent no such word. */
export function say(key: string, facts: Record<string, string | number> = {}): string {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}

/** The JSON a template put beside the island with `json_script`; named by the attribute `data-from`. */
export function given<T>(el: HTMLElement): T {
  return block<T>(el.dataset["from"] ?? "", {} as T);
}

interface WorldClock {
  now: string;
  speed: number;
  frozen: boolean;
}

const world = block<WorldClock>("world-clock", { now: new Date().toISOString(), speed: 1, frozen: false });
const origin = Date.parse(world.now);
const loaded = Date.now();

/** Now in the world of the page (milliseconds): an exercise runs at its own speed, or stands still. */
export function worldNow(): number {
  return world.frozen ? origin : origin + (Date.now() - loaded) * world.speed;
}

/** One second of the world, in milliseconds of the wall: how often a clock on the page needs to move. */
export function tickMs(): number {
  return Math.max(250, Math.min(1000, 60000 / Math.max(1, world.speed)));
}

const zone = "Asia/Shanghai";
const hm = new Intl.DateTimeFormat("zh-CN", { timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: false });
const hms = new Intl.DateTimeFormat("zh-CN", {
  timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
});
const mdhm = new Intl.DateTimeFormat("zh-CN", {
  timeZone: zone, month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false,
});

/** Nothing for a time that is none: the axis of an empty chart has no times. */
export const clockText = (ms: number): string => (Number.isFinite(ms) ? hm.format(ms) : "");
export const clockSeconds = (ms: number): string => (Number.isFinite(ms) ? hms.format(ms) : "");
export const dayClock = (ms: number): string => (Number.isFinite(ms) ? mdhm.format(ms) : "");

/** “2 小时 10 分”, “12 分”, “40 秒”: a span of seconds in the words of the page. */
export function spanText(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(s / 60);
  if (minutes < 1) return say("span.seconds", { s });
  const hours = Math.floor(minutes / 60);
  if (hours < 1) return say("span.minutes", { m: minutes });
  if (hours < 48) {
    return minutes % 60 ? say("span.hours_minutes", { h: hours, m: minutes % 60 }) : say("span.hours", { h: hours });
  }
  return say("span.days", { d: Math.floor(hours / 24) });
}

/** A JSON document of our own server; refuses loudly what is not one. */
export async function fetchJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  const init: RequestInit = { headers: { Accept: "application/json" }, credentials: "same-origin" };
  if (signal) init.signal = signal;
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${answer.status} ${url}`);
  return (await answer.json()) as T;
}

/** The value of a design token, read from the style sheet so that charts follow light, dark and wall. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K, className = "", text = "",
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}
