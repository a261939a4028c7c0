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

/** Mounted once, on the body: one timer moves every clock, those that came later too. */
export function mount(): void {
  const all = (): void => document.querySelectorAll<HTMLElement>(".clock[data-due]").forEach(draw);
  setInterval(all, tickMs());
  all();
}
