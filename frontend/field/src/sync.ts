/** Sends what waits and fetches the day. Safe to be killed anywhere: everything sent carries its own id. */
import { answered, changed, ready, tidy, waiting } from "./queue";
import { keepDay, keptDay, photos } from "./store";
import type { Act, ActAnswer, Day, Photo } from "./types";
import { urls } from "./words";

const PIECE = 64 * 1024;
const BATCH = 20;
const RETRY_MS = [3_000, 8_000, 20_000, 60_000, 180_000];

export const line = { online: navigator.onLine, busy: false, signedOut: false, tries: 0, next: 0, photo: 0 };
let timer = 0;
let again = false;

const token = (): string => /(?:^|; )anlan_csrf=([^;]+)/.exec(document.cookie)?.[1] ?? "";

async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { Accept: "application/json", "X-CSRFToken": token(), ...(init.headers as Record<string, string> | undefined) };
  const answer = await fetch(urls.api + path, { ...init, headers, credentials: "same-origin" });
  if (answer.status === 401) {
    line.signedOut = true;
    throw new Error("sign in");
  }
  if (answer.status >= 500 || answer.status === 429 || answer.status === 403) throw new Error(`${answer.status}`);
  line.signedOut = false;
  line.online = true;
  return answer;
}

/** Fetch the day's bundle where it changed. */
export async function fetchDay(): Promise<void> {
  const kept = await keptDay();
  const answer = await call("day", kept ? { headers: { "If-None-Match": kept.etag } } : {});
  if (answer.status === 304 && kept) await keepDay(kept.day, new Date().toISOString(), kept.etag);
  else if (answer.ok) {
    const { day, at } = (await answer.json()) as { day: Day; at: string };
    await keepDay(day, at, answer.headers.get("ETag") ?? "");
  }
}

async function send(batch: Act[]): Promise<void> {
  const body = JSON.stringify({
    sent_at: new Date().toISOString(),
    acts: batch.map(({ id, kind, body, happened_at, settles }) => ({ id, kind, body, happened_at, ...(settles ? { settles } : {}) })),
  });
  const answer = await call("acts", { method: "POST", body, headers: { "Content-Type": "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const { answers } = (await answer.json()) as { answers: (ActAnswer & { id: string })[] };
  const byId = new Map(answers.map((each) => [each.id, each]));
  for (const act of batch) {
    const said = byId.get(act.id);
    if (said) await answered(act, said);
  }
}

/** Send a photo in pieces from where the server has it; a cut in the middle goes on from there the next time. */
async function upload(photo: Photo): Promise<void> {
  let { received, done } = (await (await call(`photo/${photo.sm3}`)).json()) as { received: number; done: boolean };
  while (!done) {
    const piece = photo.blob.slice(received, received + PIECE);
    const answer = await call(`photo/${photo.sm3}?offset=${received}&total=${photo.size}`, {
      method: "PUT", body: piece, headers: { "Content-Type": "application/octet-stream" },
    });
    const said = (await answer.json()) as { received: number | null; done?: boolean };
    if (!answer.ok && answer.status !== 409) throw new Error(`photo ${answer.status}`);
    received = said.received ?? 0;
    done = said.done ?? false;
    line.photo = Math.round((100 * received) / photo.size);
    await photos.put({ ...photo, sent: received, done: false });
    changed();
  }
  await photos.put({ ...photo, sent: photo.size, done: true });
}

async function nextPhoto(): Promise<Photo | undefined> {
  for (const act of await waiting()) {
    for (const digest of act.photos) {
      const photo = await photos.get(digest);
      if (photo && !photo.done) return photo;
    }
  }
  return undefined;
}

async function all(): Promise<void> {
  for (;;) {
    const can = await ready();
    if (can.length) await send(can.slice(0, BATCH));
    else {
      const photo = await nextPhoto();
      if (!photo) return;
      await upload(photo);
    }
    changed();
  }
}

async function once(): Promise<void> {
  line.busy = true;
  changed();
  try {
    if (!token()) await fetchDay(); // it brings the cookie that acts need
    await all();
    await fetchDay();
    await tidy();
    line.online = true;
    line.tries = 0;
    line.next = 0;
  } catch (problem) {
    line.online = line.signedOut || !(problem instanceof TypeError);
    const wait = RETRY_MS[Math.min(line.tries++, RETRY_MS.length - 1)]!;
    line.next = Date.now() + wait;
    window.clearTimeout(timer);
    if (!line.signedOut) timer = window.setTimeout(kick, wait);
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

/** Send and fetch now, once at a time in this browser; a call meanwhile makes it go round once more. */
export function kick(): void {
  if (running) {
    again = true;
    return;
  }
  running = true;
  // Another tab that sends already does this one's work too; look again a little later all the same.
  const held = (lock: Lock | null): Promise<void> | undefined => {
    if (lock) return rounds();
    timer = window.setTimeout(kick, 5_000);
    return undefined;
  };
  const work = navigator.locks ? navigator.locks.request("anlan-field-sync", { ifAvailable: true }, held) : rounds();
  void Promise.resolve(work).finally(() => {
    running = false;
    if (again) kick();
  });
}

/** Ask the server to keep this phone signed in. Once after a sign-in is enough; nothing hangs on it. */
export const stay = (): Promise<unknown> => call("phone", { method: "POST" }).catch(() => undefined);

export function watchLine(): void {
  window.addEventListener("online", () => { line.tries = 0; kick(); });
  window.addEventListener("offline", () => { line.online = false; changed(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) kick(); });
}
