/** Sends what waits and fetches the day while the page is open. Safe to be killed anywhere: everything carries its own id.
 *
 * Where the browser has Background Sync the worker is asked besides: it sends when there is a line again, page or none.
 * Elsewhere the page itself tries again: when the line comes back, when it is looked at, and after growing pauses.
 */
import { changed, tidy, waiting } from "./queue";
import { fetchDay, letGo, LOCK, OtherPerson, OUTBOX, sendAll, SignedOut, stayWith, type Way } from "./sending";
import { urls } from "./words";

const RETRY_MS = [3_000, 8_000, 20_000, 60_000, 180_000];

export const line = { online: navigator.onLine, busy: false, signedOut: false, tries: 0, next: 0, photo: 0 };
let timer = 0;
let again = false;

const token = (): string => /(?:^|; )anlan_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";
const way: Way = { api: urls.api, token, progress: (percent) => { line.photo = percent; }, closed: () => false };

async function once(): Promise<void> {
  line.busy = true;
  changed();
  try {
    if (!token()) await fetchDay(way); // it brings the cookie that acts need
    await sendAll(way).catch((problem: unknown) => { if (!(problem instanceof OtherPerson)) throw problem; });
    await fetchDay(way); // of another person: theirs is opened, what waits of the one before stays where it is
    await tidy();
    line.online = true;
    line.signedOut = false;
    line.tries = 0;
    line.next = 0;
  } catch (problem) {
    line.signedOut = problem instanceof SignedOut;
    line.online = !(problem instanceof TypeError);
    const wait = RETRY_MS[Math.min(line.tries++, RETRY_MS.length - 1)]!;
    line.next = Date.now() + wait;
    window.clearTimeout(timer);
    if (!line.signedOut) timer = window.setTimeout(go, wait);
  } finally {
    line.busy = false;
    line.photo = 0;
    changed();
  }
}

let running = false;

async function rounds(): Promise<void> {
  do {
    again = false;
    await once();
  } while (again);
}

/** Send and fetch now, and ask the worker besides for whatever this page will not get to. */
export function kick(): void {
  void enlist();
  go();
}

/** A person looks at what waits: the pause is over. Browsers do not always tell that the line is back. */
export function looked(): void {
  if (line.busy || Date.now() >= line.next) return;
  line.tries = 0;
  kick();
}

/** Once at a time in this browser; a call meanwhile makes it go round once more. */
function go(): void {
  if (running) {
    again = true;
    return;
  }
  running = true;
  // Another tab or the worker that sends already does this one's work too; look again a little later all the same.
  const held = (lock: Lock | null): Promise<void> | undefined => {
    if (lock) return rounds();
    timer = window.setTimeout(go, 5_000);
    return undefined;
  };
  const work = navigator.locks ? navigator.locks.request(LOCK, { ifAvailable: true }, held) : rounds();
  void Promise.resolve(work).finally(() => {
    running = false;
    if (again) go();
  });
}

interface Syncing { sync?: { register(tag: string): Promise<void> } }

/** Ask the browser to wake the worker for what waits, also when this page is gone by then. Not there: nothing is lost. */
async function enlist(): Promise<void> {
  if (!("serviceWorker" in navigator) || !(await waiting()).length) return;
  const known = (await navigator.serviceWorker.getRegistration(location.pathname)) as (ServiceWorkerRegistration & Syncing) | undefined;
  if (known?.active) await known.sync?.register(OUTBOX).catch(() => undefined);
}

/** Ask the server to keep this phone signed in. Once after a sign-in is enough; nothing hangs on it. */
export const stay = (): Promise<unknown> => stayWith(way).catch(() => undefined);

export function watchLine(): void {
  const back = (): void => {
    line.tries = 0;
    letGo(); // what was asked of the old line will hear nothing more
    kick();
  };
  window.addEventListener("online", back);
  window.addEventListener("offline", () => { line.online = false; changed(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) back(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) void enlist(); else kick(); });
  navigator.serviceWorker?.addEventListener("message", (event: MessageEvent) => {
    if (event.data === "sent") changed();
    if (event.data === "send" || event.data === "sent") go(); // the worker was woken while this page is open
  });
}
