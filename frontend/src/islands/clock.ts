/** A clock that runs on the page: what is left, or how late, in the world's time. Server and page say it alike. */
import { say, spanText, tickMs, worldNow } from "../lib/page";

function draw(el: HTMLElement): void {
  const due = Date.parse(el.dataset["due"] ?? "");
  const start = Date.parse(el.dataset["start"] ?? "");
  const left = (due - worldNow()) / 1000;
  const text = el.querySelector<HTMLElement>("[data-left]");
  if (text) text.textContent = left >= 0 ? say("clock.left", { span: spanText(left) }) : say("clock.late", { span: spanText(-left) });
  el.classList.toggle("is-late", left < 0);
  const bar = el.querySelector("progress");
  if (bar && due > start) bar.value = Math.min(1, Math.max(0, (worldNow() - start) / (due - start)));
}

const zone = "Asia/Shanghai";
const moment = new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : "zh-CN", {
  timeZone: zone, year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false,
});

/** The time of the world on top of the page: an exercise's runs at its own pace. */
function drawWorld(): void {
  const now = document.querySelector<HTMLElement>("[data-world-time] time");
  if (now) now.textContent = moment.format(worldNow()).replace(" at ", " ");
}

/** Mounted once, on the body: one timer moves every clock, those that came later too. */
export function mount(): void {
  const all = (): void => {
    document.querySelectorAll<HTMLElement>(".clock[data-due]").forEach(draw);
    drawWorld();
  };
  setInterval(all, tickMs());
  all();
}
