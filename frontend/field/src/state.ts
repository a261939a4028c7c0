/** What every page needs: the day as it was fetched, and short ways into it. */
import { keptDay } from "./store";
import type { Danger, Day, Draft, Item, List, Site } from "./types";
import { isEnglish } from "./words";

export const kept: { day: Day | null; at: string } = { day: null, at: "" };

export async function load(): Promise<void> {
  const row = await keptDay();
  kept.day = row?.day ?? null;
  kept.at = row?.at ?? "";
}

export const day = (): Day => {
  if (!kept.day) throw new Error("no day");
  return kept.day;
};
export const siteOf = (id: string): Site | undefined => day().sites.find((site) => site.id === id);
export const byPlate = (token: string): Site | undefined =>
  day().sites.find((site) => site.plate === token || site.plate.toLowerCase() === token.toLowerCase() || site.points?.some((point) => point.plate === token));
export const dangersAt = (site: Site): Danger[] => day().dangers.filter((danger) => danger.firm === site.firm);
export const listOf = (code: string, version?: number): List | undefined =>
  day().lists.find((list) => list.code === code && (version === undefined || list.version === version));
export const listName = (list: List): string => (isEnglish() && list.name_en ? list.name_en : list.name);
export const itemText = (item: Item): string => (isEnglish() && item.text_en ? item.text_en : item.text);
export const itemOf = (code: string): Item | undefined => day().lists.flatMap((list) => list.items).find((item) => item.code === code);
export const itemsOf = (draft: Draft): Item[] => draft.lists.flatMap(([code]) => listOf(code)?.items ?? []);
export const category = (code: string): string => {
  const row = day().categories.find(([known]) => known === code);
  return row ? row[isEnglish() ? 2 : 1] : code;
};
