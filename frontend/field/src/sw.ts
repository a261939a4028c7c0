/** The service worker of the field app: it keeps the shell of its version, answers nothing outside /field/, and sends
 * what waits when the browser says that there is a line (Background Sync), whether a page is open or not. */
import { waiting } from "./queue";
import { LOCK, OtherPerson, OUTBOX, sendAll, SignedOut, type Way } from "./sending";
import { closeKeeping } from "./store";

interface Shell { version: string; page: string; api: string; first: string[]; later: string[] }
interface Page { url: string; postMessage(said: string): void }
interface Syncing extends Extendable { tag: string }
interface Extendable extends Event { waitUntil(work: Promise<unknown>): void }
interface Fetching extends Extendable { request: Request; respondWith(answer: Promise<Response>): void }
interface Worker {
  SHELL: Shell; location: Location; clients: { claim(): Promise<void>; matchAll(which: object): Promise<Page[]> };
  cookieStore?: { get(name: string): Promise<{ value: string } | null> }; skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: never) => void): void;
}

const worker = globalThis as unknown as Worker;
const shell = worker.SHELL;
const PREFIX = "anlan-field-";
const name = PREFIX + shell.version;
const mine = new Set([...shell.first, ...shell.later]);

async function fill(): Promise<void> {
  const cache = await caches.open(name);
  await cache.addAll([new Request(shell.page, { cache: "reload" }), ...shell.first]);
}

/** What is not needed for the first minute: fetched one after another, and never a reason to fail. */
async function fillLater(): Promise<void> {
  const cache = await caches.open(name);
  for (const url of shell.later) if (!(await cache.match(url))) await cache.add(url).catch(() => undefined);
}

async function clean(): Promise<void> {
  for (const key of await caches.keys()) if (key.startsWith(PREFIX) && key !== name) await caches.delete(key);
}

/** The page of this version at once; the newer one comes with the next worker, never half of each. */
async function kept(request: Request, key: string): Promise<Response> {
  const cache = await caches.open(name);
  const found = await cache.match(key);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok && mine.has(key)) await cache.put(key, answer.clone());
  return answer;
}

// ---- what waits is sent without a page ----------------
const PAGE_FIRST_MS = 2_000;

const pages = async (): Promise<Page[]> =>
  (await worker.clients.matchAll({ type: "window", includeUncontrolled: true })).filter(
    (page) => new URL(page.url).pathname === shell.page);

const way: Way = {
  api: shell.api,
  token: async () => {
    const kept = await worker.cookieStore?.get("anlan_csrf");
    if (!kept) throw new SignedOut("no sign-in here");
    return kept.value;
  },
  progress: () => undefined,
  closed: async () => (await pages()).length === 0,
};

async function tell(said: string): Promise<void> {
  for (const page of await pages()) page.postMessage(said);
}

/** Send what waits. An open page is asked first; what it leaves, or drops when it is closed, the worker sends after it. */
async function outbox(): Promise<void> {
  try {
    if (!(await waiting()).length) return;
    if ((await pages()).length) {
      await tell("send");
      await new Promise((done) => setTimeout(done, PAGE_FIRST_MS));
    }
    await navigator.locks.request(LOCK, () => sendAll(way));
    await tell("sent");
  } catch (problem) {
    // Nothing to be tried again by itself: the person signs in, or whose it is comes back to the phone.
    if (!(problem instanceof SignedOut || problem instanceof OtherPerson)) throw problem;
  } finally {
    await closeKeeping(); // the page may change whose keeping it is
  }
}

for (const kind of ["sync", "periodicsync"])
  worker.addEventListener(kind, ((event: Syncing) => { if (event.tag === OUTBOX) event.waitUntil(outbox()); }) as never);

worker.addEventListener("install", ((event: Extendable) => event.waitUntil(fill())) as never);
worker.addEventListener("activate", ((event: Extendable) => event.waitUntil(clean().then(() => worker.clients.claim()))) as never);
worker.addEventListener("message", ((event: MessageEvent & Extendable) => {
  if (event.data === "take") void worker.skipWaiting();
  if (event.data === "later") event.waitUntil(fillLater());
}) as never);
worker.addEventListener("fetch", ((event: Fetching) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === shell.page) event.respondWith(kept(event.request, shell.page));
  else if (mine.has(url.pathname)) event.respondWith(kept(event.request, url.pathname));
}) as never);

