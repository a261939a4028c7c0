/** What a page and the shared stream say to each other. */
export type FromPage = { kind: "topics"; topics: string[] } | { kind: "bye" };
export type ToPage =
  | { kind: "news"; topic: string; seq: number }
  | { kind: "state"; open: boolean; at: number };
