/** The phone's own keeping (IndexedDB), one for each person who signs in here. Written before the page goes on. */
import type { Act, Day, Draft, Photo } from "./types";

const STORES = { meta: "key", acts: "id", photos: "sm3", drafts: "key" } as const;
type Name = keyof typeof STORES;

let opened: Promise<IDBDatabase> | null = null;
let whose: Promise<IDBDatabase> | null = null;

function database(name: string, stores: Record<string, string>): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      for (const [store, key] of Object.entries(stores)) asked.result.createObjectStore(store, { keyPath: key });
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close(); // whoever signs out throws it away
      done(asked.result);
    };
    asked.onerror = () => fail(asked.error ?? new Error("storage"));
  });
}

/** Let go of what is open; the next call opens it anew, of whoever is here then. */
export async function closeKeeping(): Promise<void> {
  const all = [opened, whose];
  opened = whose = null;
  for (const each of all) (await each?.catch(() => null))?.close();
}

/** Whose keeping this phone opens. Not in localStorage: that is written late, and a battery that dies would lose it. */
export async function personHere(): Promise<string> {
  whose ??= database("anlan-field", { who: "key" });
  const store = (await whose).transaction("who").objectStore("who").get("person");
  return new Promise((done) => {
    store.onsuccess = () => done((store.result as { id: string } | undefined)?.id ?? "");
    store.onerror = () => done("");
  });
}

async function setPerson(id: string): Promise<void> {
  whose ??= database("anlan-field", { who: "key" });
  const transaction = (await whose).transaction("who", "readwrite", { durability: "strict" });
  transaction.objectStore("who").put({ key: "person", id });
  await new Promise<void>((done, fail) => {
    transaction.oncomplete = () => done();
    transaction.onerror = () => fail(transaction.error ?? new Error("storage"));
  });
}

function open(): Promise<IDBDatabase> {
  opened ??= personHere().then((id) => database(`anlan-field-${id || "nobody"}`, STORES));
  return opened;
}

async function run<T>(name: Name, mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  const kept = await open();
  return new Promise((done, fail) => {
    // "strict": written to the disk before it is called written; a battery may die at any time.
    const transaction = kept.transaction(name, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const asked = work(transaction.objectStore(name));
    transaction.oncomplete = () => done(asked.result as T);
    transaction.onerror = () => fail(transaction.error ?? new Error("storage"));
    transaction.onabort = () => fail(transaction.error ?? new Error("storage"));
  });
}

const get = <T>(name: Name, key: string) => run<T | undefined>(name, "readonly", (store) => store.get(key));
const put = (name: Name, row: unknown) => run<void>(name, "readwrite", (store) => store.put(row));
const all = <T>(name: Name) => run<T[]>(name, "readonly", (store) => store.getAll());
const remove = (name: Name, key: string) => run<void>(name, "readwrite", (store) => store.delete(key));

export const acts = {
  all: () => all<Act>("acts").then((rows) => rows.sort((a, b) => a.seq - b.seq)),
  get: (id: string) => get<Act>("acts", id), put: (row: Act) => put("acts", row), remove: (id: string) => remove("acts", id),
};
export const photos = {
  all: () => all<Photo>("photos"), get: (sm3: string) => get<Photo>("photos", sm3), put: (row: Photo) => put("photos", row),
  remove: (sm3: string) => remove("photos", sm3),
};
export const drafts = {
  all: () => all<Draft>("drafts"), get: (key: string) => get<Draft>("drafts", key), put: (row: Draft) => put("drafts", row),
  remove: (key: string) => remove("drafts", key),
};

export interface Kept { key: "day"; day: Day; at: string; etag: string }
export const keptDay = () => get<Kept>("meta", "day");

/** Keep a day's bundle; another person's goes into a keeping of its own. */
export async function keepDay(day: Day, at: string, etag: string): Promise<void> {
  if ((await personHere()) !== day.person.id) {
    (await open()).close();
    await setPerson(day.person.id);
    opened = null;
  }
  await put("meta", { key: "day", day, at, etag });
}

/** Sign out: everything of this person leaves the phone. */
export async function forget(): Promise<void> {
  const name = `anlan-field-${await personHere()}`;
  (await open()).close();
  await setPerson("");
  opened = null;
  await new Promise<void>((done) => {
    const asked = indexedDB.deleteDatabase(name);
    asked.onsuccess = asked.onerror = asked.onblocked = () => done();
  });
}
