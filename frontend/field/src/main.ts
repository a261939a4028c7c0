/** The field app: pages by the hash of the address, all drawn from what is kept on the phone. */
import { button, go, h } from "./dom";
import { conflict } from "./pages/conflict";
import { danger, dangers } from "./pages/danger";
import { queue, signIn } from "./pages/queue";
import { report, stop } from "./pages/report";
import { plate, scan, stopScan } from "./pages/scan";
import { sign } from "./pages/sign";
import { adopt, site } from "./pages/site";
import { firms, today } from "./pages/today";
import { visit } from "./pages/visit";
import { onChange, unsettled } from "./queue";
import { kept, load } from "./state";
import { kick, line, looked, stay, watchLine } from "./sync";
import { chooseLanguage, isEnglish, say, urls } from "./words";

type Page = (...parts: string[]) => Promise<HTMLElement>;
const PAGES: Record<string, Page> = {
  today, firms, scan, plate, site, visit, report, stop, sign, dangers, danger, queue, conflict,
} as unknown as Record<string, Page>;
const LIVE = new Set(["today", "queue", "dangers"]); // drawn anew when something changed; forms are not
const BAR: [string, string, string][] = [["today", "today", "☰"], ["firms", "firms", "▦"], ["dangers", "dangers", "△"], ["queue", "queue", "⇡"]];

const root = document.getElementById("app")!;
let drawing = 0;

const parts = (): string[] => (location.hash.replace(/^#\/?/, "") || "today").split("/").map(decodeURIComponent);

async function draw(keepPlace = false): Promise<void> {
  const mine = ++drawing;
  const [name = "today", ...rest] = parts();
  if (!keepPlace) stopScan();
  await load();
  const page = kept.day ? await (PAGES[name] ?? today)(...rest) : nobody();
  const open = await unsettled();
  if (mine !== drawing) return; // a later one is on its way
  const at = window.scrollY;
  root.replaceChildren(status(open.length), page, ...(kept.day ? [bar(name, open.length)] : []));
  document.title = `${root.querySelector("h1")?.textContent ?? ""} · ${say("app")}`;
  window.scrollTo(0, keepPlace ? at : 0);
}

const nobody = (): HTMLElement => h("main", { id: "page", class: "start" }, h("h1", {}, say("app")),
  line.signedOut || !navigator.onLine ? signIn(say("sign_in_first")) : h("p", { role: "status" }, "…"));

function status(open: number): HTMLElement {
  const off = !line.online || !navigator.onLine;
  const text = !window.isSecureContext ? say("insecure") : line.signedOut && kept.day ? say("sign_in_again") : off ? say("offline") : "";
  return h("div", { class: `status ${off ? "off" : "on"}`, role: "status" }, text || (open ? say("waiting", { n: open }) : say("online")));
}

function bar(name: string, open: number): HTMLElement {
  return h("nav", { class: "bar", "aria-label": say("app") }, BAR.map(([page, word, mark]) =>
    h("a", { href: `#/${page}`, ...(page === name ? { "aria-current": "page" } : {}) },
      h("span", { "aria-hidden": "true" }, mark), say(word), page === "queue" && open ? h("b", {}, String(open)) : null)));
}

let soon = 0;
function redraw(): void {
  window.clearTimeout(soon);
  soon = window.setTimeout(() => {
    const [name = "today"] = parts();
    if (LIVE.has(name) || !kept.day) void draw(true);
    else void unsettled().then((open) => {
      root.querySelector(".status")?.replaceWith(status(open.length));
      root.querySelector(".bar")?.replaceWith(bar(name, open.length));
    });
  }, 60);
}

/** A new version waits until somebody takes it: nobody's checklist reloads under the thumb. */
function offer(waiting: ServiceWorker): void {
  const note = h("div", { class: "update", role: "status" }, say("new_version"), " ", button(say("new_version_take"), () => waiting.postMessage("take"), "act"));
  document.body.append(note);
}

async function keepShell(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const had = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => { if (had) location.reload(); });
  const known = await navigator.serviceWorker.register(urls.worker, { scope: location.pathname, updateViaCache: "none" });
  if (known.waiting && had) offer(known.waiting);
  known.addEventListener("updatefound", () => {
    const fresh = known.installing;
    fresh?.addEventListener("statechange", () => { if (fresh.state === "installed" && navigator.serviceWorker.controller) offer(fresh); });
  });
  const ready = await navigator.serviceWorker.ready;
  window.setTimeout(() => ready.active?.postMessage("later"), 2000);
}

async function start(): Promise<void> {
  chooseLanguage(isEnglish());
  onChange(redraw);
  window.addEventListener("hashchange", () => {
    void draw();
    if (parts()[0] === "queue") looked();
  });
  await draw();
  watchLine();
  kick();
  void keepShell().catch(() => undefined);
  void navigator.storage?.persist?.();
  void stay();
  for (const going of kept.day?.going ?? []) await adopt(going);
  if (!location.hash) go("#/today");
}

void start();
