/** Today: where to go, in the order to go, with what runs out. */
import { button, go, h } from "../dom";
import { head } from "../parts";
import { day, kept, siteOf } from "../state";
import { acts, drafts } from "../store";
import { kick } from "../sync";
import type { Draft, Site, Stop } from "../types";
import { clock, date, named, say, when } from "../words";

const OLD_MS = 16 * 3600_000;
const NEWS_MS = 6 * 3600_000; // that it was sent meanwhile is news for so long

export async function today(): Promise<HTMLElement> {
  const going = (await drafts.all()).filter((draft) => !draft.finished);
  const gone = (await acts.all()).filter((act) => act.closed && act.state === "taken" && Date.parse(act.done_at) > Date.now() - NEWS_MS).length;
  const old = Date.now() - Date.parse(kept.at) > OLD_MS;
  return h("main", { id: "page" },
    head(say("today")),
    gone ? h("p", { class: "note closed-note" }, h("a", { href: "#/queue" }, say("sent_closed", { n: gone }))) : null,
    button(say("scan"), () => go("#/scan"), "act main"),
    going.length ? h("ul", { class: "rows going" }, going.map(goingLine)) : null,
    h("ol", { class: "rows stops" }, day().stops.map(stopLine)),
    day().stops.length ? null : h("p", { class: "empty" }, say("nothing_today")),
    day().cut?.sites ? h("p", { class: "note" }, say("cut_sites", { n: day().sites.length })) : null,
    h("p", { class: old ? "fetched strong" : "fetched quiet" }, say(old ? "fetch_old" : "fetched", { time: when(kept.at) }), " ",
      button(say("refresh"), kick, "link")));
}

const goingLine = (draft: Draft): HTMLElement => h("li", {},
  h("a", { class: "row here", href: `#/visit/${draft.key}` },
    h("span", { class: "strong" }, siteOf(draft.site)?.name ?? draft.site),
    h("span", { class: "quiet" }, `${say("go_on")} · ${when(draft.started)}`)));

function stopLine(stop: Stop): HTMLElement | string {
  const site = siteOf(stop.site);
  if (!site) return "";
  const late = Date.parse(stop.due) < Date.now();
  const due = stop.urgent ? clock(stop.due).text : stop.last ? say(late ? "due_late" : "due", { date: date(stop.due) }) : say("never");
  return h("li", {}, h("a", { class: "row", href: `#/site/${site.id}` },
    h("span", { class: "strong" }, site.name),
    h("span", { class: "quiet" }, [site.address || site.region, ...site.tags.map((tag) => named("tag", tag.kind))].join(" · ")),
    h("span", { class: stop.urgent ? "clock late" : "clock" }, stop.urgent ? `${say("urgent")} · ${due}` : due)));
}

/** All firms of the list, with a search that works without a line. */
export async function firms(): Promise<HTMLElement> {
  const rows = h("ul", { class: "rows" });
  const find = h("input", { type: "search", placeholder: say("search"), "aria-label": say("search"), enterkeyhint: "search" });
  const show = (): void => {
    const words = find.value.trim().toLowerCase();
    const fits = (site: Site): boolean => `${site.name} ${site.site_name} ${site.address} ${site.plate}`.toLowerCase().includes(words);
    rows.replaceChildren(...day().sites.filter(fits).slice(0, 60).map((site) => h("li", {}, h("a", { class: "row", href: `#/site/${site.id}` },
      h("span", { class: "strong" }, site.name),
      h("span", { class: "quiet" }, [site.address || site.region, ...site.tags.map((tag) => named("tag", tag.kind))].join(" · "))))));
  };
  find.addEventListener("input", show);
  show();
  return h("main", { id: "page" }, head(say("firms")), button(say("scan"), () => go("#/scan"), "act"), find, rows);
}
