/** The service worker of the field app. It keeps the shell of its version and answers nothing outside /field/. */

interface Shell { version: string; page: string; first: string[]; later: string[] }
interface Extendable extends Event { waitUntil(work: Promise<unknown>): void }
interface Fetching extends Extendable { request: Request; respondWith(answer: Promise<Response>): void }
interface Worker {
  SHELL: Shell; location: Location; clients: { claim(): Promise<void> }; skipWaiting(): Promise<void>;
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

export {};
