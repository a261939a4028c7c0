/** The checklist: three big answers an item, kept at each tap. Not fine offers the report at once. */
import { button, go, h } from "../dom";
import { head } from "../parts";
import { enqueue } from "../queue";
import { itemText, itemsOf, listName, listOf, siteOf } from "../state";
import { drafts } from "../store";
import { kick } from "../sync";
import type { Draft, Item } from "../types";
import { say } from "../words";

const ANSWERS = ["fine", "not_fine", "not_here"] as const;

export async function visit(key: string): Promise<HTMLElement> {
  const draft = await drafts.get(key);
  if (!draft) { go("#/today"); return h("main", { id: "page" }); }
  const count = h("p", { class: "quiet", role: "status" });
  const tally = (): void => {
    const all = itemsOf(draft).length;
    count.textContent = say("answered", { n: Object.keys(draft.answers).length, all });
  };
  tally();
  const note = h("textarea", { rows: 3, value: draft.note, "aria-label": say("note") });
  note.addEventListener("change", () => { draft.note = note.value; void drafts.put(draft); });
  return h("main", { id: "page" },
    head(siteOf(draft.site)?.name ?? "", `#/site/${draft.site}`),
    count,
    draft.lists.map(([code]) => {
      const list = listOf(code);
      return list ? h("section", {}, h("h2", {}, listName(list)), h("ol", { class: "items" }, list.items.map((item) => line(draft, item, tally)))) : null;
    }),
    button(say("other_danger"), () => go(`#/report/${key}/-`), "act"),
    h("section", {}, h("h2", {}, say("note")), note, h("p", { class: "quiet" }, say("note_help"))),
    button(say("sign"), () => go(`#/sign/${key}`), "act main"),
    button(say("break_off"), () => breakOff(draft), "link"));
}

function line(draft: Draft, item: Item, tally: () => void): HTMLElement {
  const after = h("div", { class: "after" });
  const buttons = ANSWERS.map((answer) => button(say(answer), () => choose(answer), `answer ${answer}`));
  const mark = (): void => {
    const now = draft.answers[item.code]?.answer;
    buttons.forEach((each, at) => each.setAttribute("aria-pressed", String(ANSWERS[at] === now)));
    const done = item.code in draft.reported;
    after.replaceChildren(...(now === "not_fine" ? [
      item.major ? h("p", { class: "heavy" }, say("may_be_major")) : "",
      done ? h("p", { class: "strong" }, `✓ ${say("reported")}`) : button(say("report_it"), () => go(`#/report/${draft.key}/${item.code}`), "act"),
    ] : []));
  };
  const choose = async (answer: string): Promise<void> => {
    draft.answers[item.code] = { answer, note: draft.answers[item.code]?.note ?? "" };
    mark(); // under the thumb at once; the next page waits for the disk
    tally();
    await drafts.put(draft);
  };
  mark();
  return h("li", { class: "item" }, h("p", { class: "what" }, itemText(item)),
    h("p", { class: "source quiet" }, item.law ? `${item.law} ${item.article}` : say("source.M")),
    h("div", { class: "answers", role: "group", "aria-label": itemText(item) }, buttons), after);
}

async function breakOff(draft: Draft): Promise<void> {
  await enqueue({ kind: "break_off", title: siteOf(draft.site)?.name ?? "", body: { visit: draft.key }, after: draft.begin });
  await drafts.remove(draft.key);
  go("#/today");
  kick();
}
