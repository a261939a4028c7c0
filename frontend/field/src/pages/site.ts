/** One firm at its door: what it is, what is open, what was seen last, what runs out; and the one big button. */
import { button, go, h } from "../dom";
import { newId } from "../ids";
import { dangerLine, head } from "../parts";
import { here } from "../position";
import { enqueue } from "../queue";
import { dangersAt, day, listName, listOf, siteOf } from "../state";
import { drafts } from "../store";
import { kick } from "../sync";
import type { Draft, Going, Site } from "../types";
import { date, named, say, when } from "../words";

const KINDS = ["patrol", "campaign", "recheck", "second_look", "led"];

export async function site(id: string): Promise<HTMLElement> {
  const found = siteOf(id);
  if (!found) return h("main", { id: "page" }, head(say("firms"), "#/firms"), h("p", { class: "error" }, say("scan_none")));
  const draft = (await drafts.all()).find((each) => each.site === id && !each.finished);
  const dangers = dangersAt(found);
  return h("main", { id: "page" },
    head(found.name, "#/today"),
    h("p", { class: "quiet" }, [found.site_name !== found.name ? found.site_name : "", found.address || found.region].filter(Boolean).join(" · ")),
    h("p", { class: "tags" }, h("span", { class: "tag" }, found.grade ? say("class", { grade: found.grade }) : say("no_class")), found.tags.map(tagMark)),
    draft ? button(say("go_on"), () => go(`#/visit/${draft.key}`), "act main") : beginning(found),
    part(say("open_dangers"), dangers.length ? h("ul", { class: "rows" }, dangers.map(dangerLine)) : h("p", { class: "quiet" }, say("no_dangers"))),
    part(say("history"), found.history.length ? h("ul", { class: "plain" }, found.history.map((visit) => h("li", {},
      `${date(visit.at)} · ${named("kind", visit.kind)} · ${visit.by} · ${say("found_n", { n: visit.found })}`,
      visit.note ? h("span", { class: "quiet" }, visit.note) : null))) : h("p", { class: "quiet" }, say("no_history"))),
    found.certificates.length ? part(say("certificates"), h("ul", { class: "plain" }, found.certificates.map((row) =>
      h("li", {}, `${row.name} · ${row.trade} · ${say(Date.parse(row.due) < Date.now() ? "due_late" : "due", { date: date(row.due) })}`)))) : null,
    found.people.length ? part(say("people"), h("ul", { class: "plain" }, found.people.map((row) =>
      h("li", {}, `${named("role", row.role)} ${row.name} ${row.phone}`)))) : null);
}

const part = (title: string, ...inside: HTMLElement[]): HTMLElement => h("section", {}, h("h2", {}, title), inside);

function tagMark(tag: { kind: string; facts: Record<string, unknown> }): HTMLElement {
  const workers = Number(tag.facts["workers"] ?? tag.facts["dust_workers"] ?? tag.facts["persons"] ?? 0);
  const more = tag.kind === "dust" && workers ? ` · ${say("dust_workers", { n: workers })}` : "";
  return h("span", { class: "tag strong" }, named("tag", tag.kind) + more);
}

function beginning(found: Site): HTMLElement {
  const own = day().person.firm;
  const kind = h("select", { "aria-label": say("kind") }, (own ? ["self_check"] : KINDS).map((code) => h("option", { value: code }, say(`kind.${code}`))));
  const lists = found.lists.map((code) => listOf(code)).filter((list) => list !== undefined);
  return h("div", { class: "begin" },
    h("p", { class: "quiet" }, `${say("checklist")}：${lists.map(listName).join("、")}`),
    kind, button(say("begin"), () => begin(found, kind.value), "act main"));
}

async function begin(found: Site, kind: string): Promise<void> {
  const key = newId();
  const started = new Date().toISOString();
  const lists = found.lists.map((code): [string, number] => [code, listOf(code)?.version ?? 1]);
  const spot = await here();
  const act = await enqueue({
    kind: "begin", title: found.name, body: { visit: key, site: found.id, kind, started_at: started, lists, ...(spot ?? {}) },
  });
  const draft: Draft = {
    key, site: found.id, kind, started, lists, version: 1, begin: act.id, answers: {}, note: "", reported: {}, others: 0, finished: false,
  };
  await drafts.put(draft);
  go(`#/visit/${key}`);
  kick();
}

/** Go on with a visit that was begun on another phone. */
export async function adopt(going: Going): Promise<void> {
  if (await drafts.get(going.key)) return;
  await drafts.put({
    key: going.key, site: going.site, kind: going.kind, started: going.started, lists: going.lists, version: going.version,
    begin: "", answers: going.answers, note: going.note, reported: {}, others: 0, finished: false,
  });
}

export const since = when;
