/** Dangers in one's regions, and the step one may take on the spot. */
import { button, go, h } from "../dom";
import { PhotoField, dangerLine, error, field, head, tell } from "../parts";
import { here } from "../position";
import { enqueue, unsettled } from "../queue";
import { category, day } from "../state";
import { acts } from "../store";
import { kick } from "../sync";
import type { Act, Danger } from "../types";
import { clock, date, isEnglish, say } from "../words";

export async function dangers(): Promise<HTMLElement> {
  const mine = day().dangers.filter((danger) => danger.mine);
  const rest = day().dangers.filter((danger) => !danger.mine);
  return h("main", { id: "page" }, head(say("dangers")),
    day().dangers.length ? null : h("p", { class: "empty" }, say("no_dangers")),
    day().cut?.dangers ? h("p", { class: "note" }, say("cut_dangers", { n: day().dangers.length })) : null,
    h("ul", { class: "rows" }, mine.map(dangerLine)), h("ul", { class: "rows" }, rest.map(dangerLine)));
}

export async function danger(id: string): Promise<HTMLElement> {
  const row = day().dangers.find((each) => each.id === id);
  if (!row) return h("main", { id: "page" }, head(say("dangers"), "#/dangers"), h("p", { class: "empty" }, say("no_dangers")));
  const waits = (await unsettled()).find((act) => act.kind === "step" && act.body["item"] === id);
  const { text, late } = clock(row.due);
  return h("main", { id: "page" }, head(row.description, "#/dangers"),
    h("p", { class: "quiet" }, [row.title, category(row.category), row.state_name[isEnglish() ? 1 : 0], date(row.opened)].join(" · ")),
    h("p", { class: late ? "clock late" : "clock" }, text),
    waits && waits.state !== "refused"
      ? h("p", { class: "strong" }, `${say(`move.${String(waits.body["move"])}`)} · ${say(`state.${waits.state}`)} `, h("a", { href: "#/queue" }, say("queue")))
      : steps(row, waits));
}

/** The five in place, where they are asked for by now; what is known already stands in them. */
class Five {
  readonly node: HTMLElement;
  private readonly inputs: [string, string, HTMLInputElement][];

  constructor(row: Danger, told: Record<string, string>) {
    const asked = Date.now() >= Date.parse(row.five_from);
    this.inputs = (asked ? day().five : []).map(([name, zh, en]) =>
      [name, isEnglish() ? en : zh, h("input", { type: "text", value: told[`five_${name}`] ?? row.five[name] ?? "", autocomplete: "off" })]);
    this.node = h("section", { hidden: !asked }, h("h2", {}, say("five_title")), this.inputs.map(([, label, input]) => field(label, input)));
  }

  get missing(): string { return this.inputs.find(([, , input]) => !input.value.trim())?.[1] ?? ""; }
  get facts(): Record<string, string> { return Object.fromEntries(this.inputs.map(([name, , input]) => [`five_${name}`, input.value.trim()])); }
}

/** `old`: a step that the server did not take; what was written in it is mended here and goes as a new one. */
function steps(row: Danger, old?: Act): HTMLElement {
  const photo = new PhotoField(say("danger_photo"));
  const why = h("textarea", { rows: 2 });
  const until = h("input", { type: "date", value: new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10) });
  const wrong = error();
  const five = new Five(row, (old?.body["facts"] ?? {}) as Record<string, string>);
  const sent = [...(old?.photos ?? [])];
  const take = async (move: string, more: Record<string, unknown>): Promise<void> => {
    const place = await here(1500);
    const digests = [...new Set([...sent, ...photo.digests])];
    const taken = { ...((old?.body["taken"] ?? {}) as Record<string, string>), ...photo.taken };
    await enqueue({
      kind: "step", title: row.description, photos: digests,
      body: { item: row.id, move, seen: row.seen, photos: digests, taken, lon: place?.lon ?? null, lat: place?.lat ?? null, ...more },
    });
    if (old) await acts.remove(old.id);
    go("#/dangers");
    kick();
  };
  const back = (): Promise<void> | void => {
    if (!why.value.trim()) return tell(wrong, say("send_back_why"));
    return take("send_back", { reason: why.value.trim(), facts: { rectify_by: `${until.value}T18:00:00+08:00` } });
  };
  const mend = (): Promise<void> | void => {
    if (!photo.digests.length && !sent.length) return tell(wrong, say("danger_photo"));
    if (five.missing) return tell(wrong, say("five_missing", { name: five.missing }));
    return take("rectify", { facts: five.facts });
  };
  const can = new Set(row.moves);
  if (!can.has("accept") && !can.has("rectify")) return h("p", { class: "quiet" }, say("moves_none"));
  return h("div", {}, old ? h("p", { class: "error" }, say("not_taken", { why: old.answer?.remedy ?? "" })) : null,
    photo.node, can.has("rectify") ? five.node : null, wrong,
    can.has("accept") ? button(say("accept"), () => take("accept", { facts: { how: "visit" } }), "act main") : null,
    can.has("rectify") ? button(say(day().person.firm ? "rectify_own" : "rectify"), mend, "act main") : null,
    can.has("send_back") ? h("section", {}, h("h2", {}, say("send_back")), field(say("send_back_why"), why), field(say("send_back_until"), until), button(say("send_back"), back, "act")) : null);
}
