/** What the server sends for a day, and what the phone keeps. Times are ISO 8601 with zone. */

export interface Item {
  code: string; text: string; text_en: string; law: string; article: string; tag: string; category: string; major: boolean;
}
export interface List { code: string; version: number; name: string; name_en: string; items: Item[] }
export interface Tag { kind: string; facts: Record<string, unknown> }
export interface PastVisit { key: string; kind: string; state: string; at: string; by: string; found: number; note: string }
export interface Site {
  id: string; plate: string; firm: string; name: string; site_name: string; address: string; region: string;
  lon: number | null; lat: number | null; grade: string; tags: Tag[];
  people: { role: string; name: string; phone: string }[];
  certificates: { name: string; trade: string; due: string }[];
  lists: string[]; history: PastVisit[];
  points?: { id: string; name: string; number: string; plate: string }[]; // none in a day that was fetched before they came
}
export interface Danger {
  id: string; firm: string; title: string; description: string; category: string; grade: string; state: string;
  state_name: [string, string]; due: string; opened: string; seen: string; mine: boolean; moves: string[];
  five: Record<string, string>; five_from: string;
}
export interface Stop { site: string; due: string; last: string; urgent: boolean }
export interface Going {
  key: string; site: string; kind: string; started: string; version: number; note: string;
  answers: Record<string, Answer>; lists: [string, number][];
}
export interface Day {
  person: { id: string; name: string; title: string; firm: boolean };
  stops: Stop[]; sites: Site[]; dangers: Danger[]; lists: List[]; going: Going[];
  calls: Record<string, { name: string; title: string }[]>;
  categories: [string, string, string][]; five: [string, string, string][];
  cut: { sites: boolean; dangers: boolean };
}

export interface Answer { answer: string; note: string }

/** A visit on this phone. `version` is the version of the server's record that this hand builds on. */
export interface Draft {
  key: string; site: string; kind: string; started: string; lists: [string, number][]; version: number; begin: string;
  answers: Record<string, Answer>; note: string; reported: Record<string, string>; others: number; finished: boolean;
}

export type ActState = "waiting" | "taken" | "conflict" | "refused" | "settled";

export interface Difference { name: string; mine: string; theirs: string }
export interface ActAnswer {
  state: string; version?: number; remedy?: string; code?: string; missing?: string; danger?: string;
  theirs?: Record<string, unknown> & { name?: string; at?: string; answers?: Record<string, Answer> };
  differing?: Difference[]; base?: number | string;
}

/** One act in the queue. `photos` must be on the server before it goes; `after` is the act that must have arrived first. */
export interface Act {
  id: string; seq: number; kind: string; body: Record<string, unknown>; happened_at: string; settles: string;
  photos: string[]; after: string; title: string; state: ActState; answer: ActAnswer | null; first: boolean; done_at: string;
  closed?: boolean; // it arrived while no page was open; taken away when the person has seen it
}

export interface Photo { sm3: string; blob: Blob; size: number; sent: number; done: boolean }
