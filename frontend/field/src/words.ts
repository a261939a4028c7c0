/** The words of the page, in the language chosen on this phone; both travel in the page, so the choice needs no line. */

type Words = Record<string, string>;

function block<T>(id: string): T {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}") as T;
}

const all = block<Record<string, Words>>("words");
export const urls = block<{ api: string; worker: string; login: string; me: string }>("urls");
const KEY = "field-language";

export const isEnglish = (): boolean => (localStorage.getItem(KEY) ?? document.documentElement.lang).startsWith("en");

export function chooseLanguage(english: boolean): void {
  localStorage.setItem(KEY, english ? "en" : "zh-CN");
  document.documentElement.lang = english ? "en" : "zh-CN";
}

export function say(key: string, facts: Record<string, string | number> = {}): string {
  const text = all[isEnglish() ? "en" : "zh-hans"]?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}

/** A word that may be missing (a tag that a bureau made itself): its own code then. */
export const named = (prefix: string, code: string): string => {
  const text = say(`${prefix}.${code}`);
  return text === `${prefix}.${code}` ? code : text;
};

const zone = "Asia/Shanghai";
const long = new Intl.DateTimeFormat("zh-CN", { timeZone: zone, month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
const short = new Intl.DateTimeFormat("zh-CN", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric" });
const hours = new Intl.DateTimeFormat("zh-CN", { timeZone: zone, hour: "2-digit", minute: "2-digit", hour12: false });

export const when = (iso: string): string => {
  const at = new Date(iso);
  return Math.abs(Date.now() - at.getTime()) < 12 * 3600_000 ? hours.format(at) : long.format(at);
};
export const date = (iso: string): string => short.format(new Date(iso));

/** “3 days left”, “2 h late”: a clock that a thumb can read. */
export function clock(due: string): { text: string; late: boolean } {
  if (!due) return { text: say("no_clock"), late: false };
  const left = (Date.parse(due) - Date.now()) / 3600_000;
  const late = left < 0;
  const span = Math.abs(left);
  const unit = span >= 48 ? "days" : "hours";
  const n = unit === "days" ? Math.floor(span / 24) : Math.max(1, Math.floor(span));
  return { text: say(`${late ? "late" : "left"}_${unit}`, { n }), late };
}
