/**
 * Live parts. `<body data-island="live">` listens to the topics named by `[data-live-topic]` on the page; an element
 * is fetched again by its own `hx-get` when its topic has news, at most once a second, and never while hidden.
 */
import htmx from "htmx.org";

import type { FromPage, ToPage } from "../lib/live-protocol";
import { LiveStream } from "../lib/live-stream";
import { clockSeconds, say, spanText } from "../lib/page";

const GAP_MS = 1000;
const POLL_MS = 15000; // without a stream the page asks by itself, slowly

const due = new Map<string, ReturnType<typeof setTimeout>>();
const asked = new Map<string, number>();
let open = false;
let heard = 0;
let send: (message: FromPage) => void = () => undefined;

const parts = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-live-topic]")];
const topicsOf = (el: HTMLElement): string[] => (el.dataset["liveTopic"] ?? "").split(/[\s,]+/).filter(Boolean);
const topics = (): string[] => [...new Set(parts().flatMap(topicsOf))].sort();

function refresh(topic: string): void {
  asked.set(topic, Date.now());
  for (const el of parts()) {
    if (!topicsOf(el).includes(topic)) continue;
    if (el.hasAttribute("hx-get")) htmx.trigger(el, "live", {});
    else el.dispatchEvent(new CustomEvent("live", { detail: { topic } }));
  }
}

function news(topic: string): void {
  if (due.has(topic)) return;
  const wait = Math.max(0, GAP_MS - (Date.now() - (asked.get(topic) ?? 0)));
  due.set(topic, setTimeout(() => {
    due.delete(topic);
    if (document.hidden) return void document.addEventListener("visibilitychange", () => news(topic), { once: true });
    refresh(topic);
  }, wait));
}

function take(message: ToPage): void {
  if (message.kind === "news") return news(message.topic);
  open = message.open;
  heard = Math.max(heard, message.at);
  show();
}

function show(): void {
  const badge = document.querySelector<HTMLElement>("[data-live-state]");
  if (!badge || !heard) return;
  const silent = (Date.now() - heard) / 1000;
  badge.dataset["liveState"] = open ? "open" : "lost";
  badge.textContent = open
    ? say("live.open", { time: clockSeconds(heard) })
    : say("live.lost", { time: clockSeconds(heard), span: spanText(silent) });
}

function connect(): (message: FromPage) => void {
  try {
    const worker = new SharedWorker(new URL("../lib/live-worker.ts", import.meta.url), { type: "module", name: "live" });
    worker.port.onmessage = (event: MessageEvent<ToPage>) => take(event.data);
    worker.port.start();
    return (message) => worker.port.postMessage(message);
  } catch {
    const stream = new LiveStream(take); // no shared workers here (some phones): a stream of this page's own
    return (message) => stream.want(message.kind === "topics" ? message.topics : []);
  }
}

export function mount(): void {
  if (!topics().length) return;
  send = connect();
  send({ kind: "topics", topics: topics() });
  document.addEventListener("htmx:afterSettle", () => send({ kind: "topics", topics: topics() }));
  window.addEventListener("pagehide", () => send({ kind: "bye" }));
  window.addEventListener("pageshow", () => send({ kind: "topics", topics: topics() }));
  setInterval(show, 1000);
  setInterval(() => {
    if (!open && !document.hidden) topics().forEach(news);
  }, POLL_MS);
}
