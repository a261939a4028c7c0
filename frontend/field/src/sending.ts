/** The way to the server, for the page and for the service worker: what waits is sent in order, each act once by its id. */
import { answered, changed, ready, waiting } from "./queue";
import { keepDay, keptDay, personHere, photos } from "./store";
import type { Act, ActAnswer, Day, Photo } from "./types";

/** The one lock of this browser: whoever holds it sends, page or worker. */
export const LOCK = "anlan-field-sync";
/** The tag under which the browser wakes the worker when there is a line. */
export const OUTBOX = "anlan-field-outbox";

const PIECE = 64 * 1024;
const BATCH = 20;

/** `closed` is asked for each answer: whether no page was open when it came. */
export interface Way {
  api: string;
  token(): string | Promise<string>;
  progress(percent: number): void;
  closed(): boolean | Promise<boolean>;
}

export class SignedOut extends Error {}
/** The session is somebody else's by now: what waits here is not sent in their name. */
export class OtherPerson extends Error {}

/** No request waits longer: a line that died without a word (a lift, a tunnel) would hold the whole queue. A piece of a
 * photo takes 45 s at 12 kbit/s, slower than any line that still carries. */
const PATIENCE_MS = 45_000;
const asked = new Set<AbortController>();

/** End what is under way: it was asked of a line that is no more. Whoever asked tries again; nothing is sent twice. */
export const letGo = (): void => asked.forEach((each) => each.abort());

interface Said { status: number; ok: boolean; etag: string; body: unknown }

async function call(way: Way, path: string, init: RequestInit = {}): Promise<Said> {
  const given = init.headers as Record<string, string> | undefined;
  const headers = { Accept: "application/json", "X-CSRFToken": await way.token(), ...given };
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), PATIENCE_MS);
  asked.add(stop);
  try {
    const answer = await fetch(way.api + path, { ...init, headers, credentials: "same-origin", signal: stop.signal });
    if (answer.status === 401) throw new SignedOut("sign in");
    if (answer.status >= 500 || answer.status === 429 || answer.status === 403) throw new Error(`${answer.status}`);
    const text = await answer.text(); // read while the clock runs: a line can die between the head and the body
    return { status: answer.status, ok: answer.ok, etag: answer.headers.get("ETag") ?? "", body: text ? JSON.parse(text) : null };
  } catch (problem) {
    throw stop.signal.aborted ? new TypeError("no answer") : problem; // what a line that is gone throws
  } finally {
    clearTimeout(clock);
    asked.delete(stop);
  }
}

/** Fetch the day's bundle where it changed. */
export async function fetchDay(way: Way): Promise<void> {
  const kept = await keptDay();
  const answer = await call(way, "day", kept ? { headers: { "If-None-Match": kept.etag } } : {});
  if (answer.status === 304 && kept) await keepDay(kept.day, new Date().toISOString(), kept.etag);
  else if (answer.ok) {
    const { day, at } = answer.body as { day: Day; at: string };
    await keepDay(day, at, answer.etag);
  }
}

async function send(way: Way, batch: Act[]): Promise<void> {
  const body = JSON.stringify({
    sent_at: new Date().toISOString(), person: await personHere(),
    acts: batch.map(({ id, kind, body, happened_at, settles }) => ({ id, kind, body, happened_at, ...(settles ? { settles } : {}) })),
  });
  const answer = await call(way, "acts", { method: "POST", body, headers: { "Content-Type": "application/json" } });
  if (answer.status === 409) throw new OtherPerson("other person");
  if (!answer.ok) throw new Error(`${answer.status}`);
  const { answers } = answer.body as { answers: (ActAnswer & { id: string })[] };
  const byId = new Map(answers.map((each) => [each.id, each]));
  const closed = await way.closed();
  for (const act of batch) {
    const said = byId.get(act.id);
    if (said) await answered(closed ? { ...act, closed } : act, said);
  }
}

/** Send a photo in pieces from where the server has it; a cut in the middle goes on from there the next time. */
async function upload(way: Way, photo: Photo): Promise<void> {
  let { received, done } = (await call(way, `photo/${photo.sm3}`)).body as { received: number; done: boolean };
  while (!done) {
    const piece = photo.blob.slice(received, received + PIECE);
    const answer = await call(way, `photo/${photo.sm3}?offset=${received}&total=${photo.size}`, {
      method: "PUT", body: piece, headers: { "Content-Type": "application/octet-stream" },
    });
    const said = answer.body as { received: number | null; done?: boolean };
    if (!answer.ok && answer.status !== 409) throw new Error(`photo ${answer.status}`);
    received = said.received ?? 0;
    done = said.done ?? false;
    way.progress(Math.round((100 * received) / photo.size));
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

/** Send everything that can go, photos before the acts that name them; throws where the line or the sign-in ends. */
export async function sendAll(way: Way): Promise<void> {
  for (;;) {
    const can = await ready();
    if (can.length) await send(way, can.slice(0, BATCH));
    else {
      const photo = await nextPhoto();
      if (!photo) return;
      await upload(way, photo);
    }
    changed();
  }
}

/** Ask the server to keep this phone signed in. */
export const stayWith = (way: Way): Promise<unknown> => call(way, "phone", { method: "POST" });
