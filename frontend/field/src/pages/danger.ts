/** Dangers in one's regions, and the step one may take on the spot. */
import { button, go, h } from "../dom";
import { PhotoField, dangerLine, error, field, head, tell } from "../parts";
import { enqueue, unsettled } from "../queue";
import { category, day } from "../state";
import { kick } from "../sync";
import type { Danger } from "../types";
import { clock, date, isEnglish, say } from "../words";

export async function dangers(): Promise<HTMLElement> {
  const mine = day().dangers.filter((danger) => danger.mine);
  const rest = day().dangers.filter((danger) => !danger.mine);
  return h("main", { id: "page" }, head(say("dangers")),
    day().dangers.length ? null : h("p", { class: "empty" }, say("no_dangers")),
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
    waits ? h("p", { class: "strong" }, `${say(`move.${String(waits.body["move"])}`)} · ${say(`state.${waits.state}`)} `, h("a", { href: "#/queue" }, say("queue"))) : steps(row));
}

function steps(row: Danger): HTMLElement {
  const photo = new PhotoField(say("danger_photo"));
  const why = h("textarea", { rows: 2 });
  const until = h("input", { type: "date", value: new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10) });
  const wrong = error();
  const take = async (move: string, more: Record<string, unknown>): Promise<void> => {
    await enqueue({
      kind: "step", title: row.description, photos: [...photo.digests],
      body: { item: row.id, move, seen: row.seen, photos: [...photo.digests], ...more },
    });
    go("#/dangers");
    kick();
  };
  const back = (): Promise<void> | void => {
    if (!why.value.trim()) return tell(wrong, say("send_back_why"));
    return take("send_back", { reason: why.value.trim(), facts: { rectify_by: `${until.value}T18:00:00+08:00` } });
  };
  const mend = (): Promise<void> | void => (photo.digests.length ? take("rectify", {}) : tell(wrong, say("danger_photo")));
  const can = new Set(row.moves);
  if (!can.has("accept") && !can.has("rectify")) return h("p", { class: "quiet" }, say("moves_none"));
  return h("div", {}, photo.node, wrong,
    can.has("accept") ? button(say("accept"), () => take("accept", { facts: { how: "visit" } }), "act main") : null,
    can.has("rectify") ? button(say("rectify"), mend, "act main") : null,
    can.has("send_back") ? h("section", {}, h("h2", {}, say("send_back")), field(say("send_back_why"), why), field(say("send_back_until"), until), button(say("send_back"), back, "act")) : null);
}
