/** The queue of acts: what was done on the phone, in order, until the server has answered each. */
import { newId } from "./ids";
import { acts, drafts, photos } from "./store";
import type { Act, ActAnswer } from "./types";

const listeners = new Set<() => void>();
export const onChange = (listener: () => void): void => void listeners.add(listener);
export const changed = (): void => listeners.forEach((listener) => listener());

const KEEP_MS = 24 * 3600_000;

export interface Enqueue {
  kind: string; body: Record<string, unknown>; title: string;
  photos?: string[]; after?: string; settles?: string; first?: boolean;
}

/** Put an act into the queue; it is on the disk when this returns. */
export async function enqueue(given: Enqueue): Promise<Act> {
  const act: Act = {
    id: newId(), seq: Date.now() + Math.random(), kind: given.kind, body: given.body, happened_at: new Date().toISOString(),
    settles: given.settles ?? "", photos: given.photos ?? [], after: given.after ?? "", title: given.title,
    state: "waiting", answer: null, first: given.first ?? false, done_at: "",
  };
  await acts.put(act);
  changed();
  return act;
}

export const waiting = async (): Promise<Act[]> => (await acts.all()).filter((act) => act.state === "waiting");
export const unsettled = async (): Promise<Act[]> =>
  (await acts.all()).filter((act) => act.state === "waiting" || act.state === "conflict" || act.state === "refused");

/** What can go now: nothing before the act it builds on has arrived, nothing before its photos. Urgent ones first. */
export async function ready(): Promise<Act[]> {
  const all = await acts.all();
  const arrived = new Set(all.filter((act) => act.state === "taken").map((act) => act.id));
  const here = new Set(all.map((act) => act.id));
  const sent = new Set((await photos.all()).filter((photo) => photo.done).map((photo) => photo.sm3));
  const batch = new Set<string>();
  const can: Act[] = [];
  const urgent = new Set(all.filter((act) => act.first && act.state === "waiting").flatMap((act) => [act.id, act.after]));
  const order = [...all].sort((a, b) => Number(urgent.has(b.id)) - Number(urgent.has(a.id)) || a.seq - b.seq);
  for (const act of order) {
    if (act.state !== "waiting") continue;
    const free = !act.after || arrived.has(act.after) || batch.has(act.after) || !here.has(act.after);
    if (free && act.photos.every((digest) => sent.has(digest))) {
      can.push(act);
      batch.add(act.id);
    }
  }
  return can;
}

/** Write down what the server answered to an act. */
export async function answered(act: Act, answer: ActAnswer): Promise<void> {
  const state = answer.state === "doubled" ? "taken" : answer.state;
  act.answer = answer;
  act.done_at = new Date().toISOString();
  if (state === "refused" && answer.missing) {
    const photo = await photos.get(answer.missing);
    if (photo) await photos.put({ ...photo, done: false, sent: 0 }); // the server lost it: it goes again
    else act.state = "refused";
  } else act.state = state as Act["state"];
  await acts.put(act);
  if (act.state === "taken" && act.settles) await settle(act.settles);
  if (act.state === "taken" && act.kind === "finish") await drafts.remove(String(act.body["visit"]));
}

async function settle(id: string): Promise<void> {
  const conflict = await acts.get(id);
  if (conflict) await acts.put({ ...conflict, state: "settled", done_at: new Date().toISOString() });
}

/** Throw away photos that nothing waits for, and acts that arrived a day ago. */
export async function tidy(): Promise<void> {
  const all = await acts.all();
  const old = Date.now() - KEEP_MS;
  const needed = new Set<string>();
  for (const act of all) {
    const over = act.state === "taken" || act.state === "settled";
    if (over && Date.parse(act.done_at || act.happened_at) < old) await acts.remove(act.id);
    if (!over) for (const digest of act.photos) needed.add(digest);
  }
  const hour = new Set((await drafts.all()).map((draft) => draft.key));
  for (const photo of await photos.all()) if (photo.done && !needed.has(photo.sm3) && hour.size === 0) await photos.remove(photo.sm3);
}

/** An act as it stands is sent anew (after a refusal that was mended elsewhere). */
export async function again(act: Act): Promise<void> {
  await acts.put({ ...act, state: "waiting", answer: null });
  changed();
}
