/** A new danger: a photo, a kind, two taps. A candidate major one says what to do now, with or without a signal. */
import { button, go, h } from "../dom";
import { PhotoField, error, field, head, tell } from "../parts";
import { here } from "../position";
import { newId } from "../ids";
import { enqueue, onChange } from "../queue";
import { category, day, itemOf, siteOf } from "../state";
import { acts, drafts } from "../store";
import { kick, line } from "../sync";
import type { Draft, Item } from "../types";
import { say, when } from "../words";

export async function report(key: string, code: string): Promise<HTMLElement> {
  const draft = await drafts.get(key);
  if (!draft) { go("#/today"); return h("main", { id: "page" }); }
  const item = itemOf(code);
  const chosen = { kind: item?.category ?? "" };
  const what = h("textarea", { rows: 3, required: true, value: item ? say("danger_prefill", { text: item.text }) : "" });
  const spot = h("input", { type: "text", autocomplete: "off" });
  const points = siteOf(draft.site)?.points ?? [];
  const point = h("select", {}, h("option", { value: "" }, "—"), points.map((each) => h("option", { value: each.id }, `${each.name} ${each.number}`)));
  const before = new PhotoField(say("danger_photo"));
  const after = new PhotoField(say("danger_photo_after"), 2);
  after.node.hidden = true;
  const fixed = h("input", { type: "checkbox" });
  const major = h("input", { type: "checkbox", checked: Boolean(item?.major) });
  fixed.addEventListener("change", () => { after.node.hidden = !fixed.checked; if (fixed.checked) major.checked = false; });
  major.addEventListener("change", () => { if (major.checked) { fixed.checked = false; after.node.hidden = true; } });
  const wrong = error();
  const save = async (): Promise<void> => {
    if (!what.value.trim()) return tell(wrong, say("danger_text"));
    if (!chosen.kind) return tell(wrong, say("danger_kind_first"));
    if (fixed.checked && (!before.digests.length || !after.digests.length)) return tell(wrong, say("danger_photos_2"));
    const digests = [...before.digests, ...(fixed.checked ? after.digests : [])];
    const said = { description: what.value.trim(), category: chosen.kind, spot: spot.value.trim(), risk_point: point.value, fixed: fixed.checked, candidate: major.checked };
    await write(draft, item, said, digests, { ...after.taken, ...before.taken });
  };
  return h("main", { id: "page" },
    head(say("danger_new"), `#/visit/${key}`),
    before.node,
    h("label", { class: "check heavy" }, major, say("danger_major")),
    item?.law && item.major ? h("p", { class: "quiet" }, say("danger_major_why", { clause: `${item.law} ${item.article}` })) : null,
    h("label", { class: "check" }, fixed, say("danger_fixed")), after.node,
    field(say("danger_what"), what, say("danger_text")),
    kinds(chosen),
    points.length ? field(say("danger_point"), point) : null,
    field(say("danger_spot"), spot),
    wrong,
    button(say("danger_save"), save, "act main"));
}

function kinds(chosen: { kind: string }): HTMLElement {
  const buttons = day().categories.map(([code]) => button(category(code), () => { chosen.kind = code; mark(); }, "kind"));
  const mark = (): void => buttons.forEach((each, at) => each.setAttribute("aria-pressed", String(day().categories[at]?.[0] === chosen.kind)));
  mark();
  return h("div", { class: "field" }, h("p", { class: "label" }, say("danger_kind")), h("div", { class: "kinds", role: "group", "aria-label": say("danger_kind") }, buttons));
}

interface Said { description: string; category: string; spot: string; risk_point: string; fixed: boolean; candidate: boolean }

async function write(draft: Draft, item: Item | undefined, said: Said, digests: string[], times: Record<string, string>): Promise<void> {
  const taken = Object.fromEntries(digests.map((digest) => [digest, times[digest] ?? new Date().toISOString()]));
  const finding = newId();
  const place = await here(1500);
  // A candidate goes without waiting for its photos; they follow by themselves.
  const act = await enqueue({
    kind: "find", title: said.description, after: draft.begin, first: said.candidate, photos: said.candidate ? [] : digests,
    body: { visit: draft.key, finding, item: item?.code ?? "", ...said, photos: said.candidate ? [] : digests, taken, lon: place?.lon ?? null, lat: place?.lat ?? null },
  });
  if (said.candidate && digests.length) {
    await enqueue({ kind: "photos", title: said.description, after: act.id, photos: digests, body: { finding, photos: digests, taken } });
  }
  if (item) draft.reported[item.code] = act.id;
  else draft.others += 1;
  if (item && !draft.answers[item.code]) draft.answers[item.code] = { answer: "not_fine", note: "" };
  await drafts.put(draft);
  go(said.candidate ? `#/stop/${draft.key}/${act.id}` : `#/visit/${draft.key}`);
  kick();
}

/** What a candidate major danger asks of the patroller now; it does not need a signal to say so. */
export async function stop(key: string, id: string): Promise<HTMLElement> {
  const draft = await drafts.get(key);
  const site = draft ? siteOf(draft.site) : undefined;
  const called = site ? (day().calls[site.region] ?? []) : [];
  const state = h("p", { class: "strong", role: "status" });
  const show = async (): Promise<void> => {
    const act = await acts.get(id);
    const sent = act?.state === "taken";
    const going = line.busy && line.online && navigator.onLine;
    state.textContent = sent ? say("stop_sent", { time: when(act.done_at) }) : say(going ? "queue_sending" : "stop_unsent");
    state.className = sent ? "strong sent" : "strong unsent";
  };
  await show();
  onChange(() => { if (state.isConnected) void show(); });
  return h("main", { id: "page", class: "stop" },
    h("h1", {}, say("stop_title")),
    h("p", { class: "large" }, say("stop_do")),
    state,
    called.length ? h("section", {}, h("h2", {}, say("stop_called")), h("ul", { class: "plain" }, called.map((row) => h("li", {}, `${row.name} ${row.title}`)))) : null,
    button(say("stop_ok"), () => go(`#/visit/${key}`), "act main"));
}
