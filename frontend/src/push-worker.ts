/** The service worker of messages: shows what was pushed, and a tap opens its page. It answers no request of any page. */

interface Pushed { title?: string; text?: string; link?: string; tag?: string }
interface Extendable extends Event { waitUntil(work: Promise<unknown>): void }
interface Push extends Extendable { data: { json(): Pushed } | null }
interface Click extends Extendable { notification: Notification & { data: { link: string } } }
interface Tab { url: string; focus(): Promise<unknown> }
interface Worker {
  location: Location; registration: ServiceWorkerRegistration; skipWaiting(): Promise<void>;
  clients: { matchAll(which: object): Promise<Tab[]>; openWindow(url: string): Promise<unknown> };
  addEventListener(type: string, listener: (event: never) => void): void;
}

const worker = globalThis as unknown as Worker;

function read(event: Push): Pushed {
  try { return event.data?.json() ?? {}; } catch { return {}; }
}

/** Every push must show something, or the browser takes the permission away. */
async function show(told: Pushed): Promise<void> {
  const options: NotificationOptions = { body: told.text ?? "", data: { link: told.link ?? "/" }, lang: "zh-CN", requireInteraction: true };
  if (told.tag) options.tag = told.tag; // told twice it is shown once
  await worker.registration.showNotification(told.title || "安澜", options);
}

/** Our own pages only, under the address by which this device knows the house. */
async function open(link: string): Promise<void> {
  const { pathname, search } = new URL(link, worker.location.origin);
  const url = worker.location.origin + pathname + search;
  const tabs = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = tabs.find((tab) => tab.url === url);
  await (there ? there.focus() : worker.clients.openWindow(url));
}

worker.addEventListener("install", ((event: Extendable) => event.waitUntil(worker.skipWaiting())) as never);
worker.addEventListener("push", ((event: Push) => event.waitUntil(show(read(event)))) as never);
worker.addEventListener("notificationclick", ((event: Click) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.link ?? "/"));
}) as never);

export {};
