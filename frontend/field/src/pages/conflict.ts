/** Two hands wrote about one thing: both side by side, and a person chooses line by line. */
import { button, go, h } from "../dom";
import { head } from "../parts";
import { enqueue } from "../queue";
import { itemOf, itemText } from "../state";
import { acts } from "../store";
import { kick } from "../sync";
import type { Act, Answer, Difference } from "../types";
import { named, say, when } from "../words";

type Side = "mine" | "theirs";

export async function conflict(id: string): Promise<HTMLElement> {
  const act = await acts.get(id);
  if (!act?.answer || act.state !== "conflict") { go("#/queue"); return h("main", { id: "page" }); }
  const rows = act.answer.differing ?? [];
  const chosen = new Map<string, Side>();
  const send = button(say("conflict_send"), () => settle(act, chosen), "act main", { disabled: true });
  const lines = rows.map((row) => new Line(row, (side) => { chosen.set(row.name, side); send.disabled = chosen.size < rows.length; }));
  const all = (side: Side): void => lines.forEach((line) => line.pick(side));
  const theirs = act.answer.theirs ?? {};
  return h("main", { id: "page" }, head(say("conflict_title"), "#/queue"), h("p", { class: "strong" }, act.title),
    h("div", { class: "sides" },
      h("div", {}, h("p", { class: "quiet" }, say("conflict_mine", { time: when(act.happened_at) })), button(say("conflict_keep_mine"), () => all("mine"), "act")),
      h("div", {}, h("p", { class: "quiet" }, say("conflict_theirs", { name: String(theirs.name ?? ""), time: theirs.at ? when(theirs.at) : "" })), button(say("conflict_keep_theirs"), () => all("theirs"), "act"))),
    rows.length > 1 ? h("p", { class: "quiet" }, say("conflict_each")) : null,
    lines.map((line) => line.node), theirs["why"] ? h("p", { class: "quiet" }, `${String(theirs.name ?? "")}：${String(theirs["why"])}`) : null, send);
}

class Line {
  readonly node: HTMLElement;
  private readonly mine: HTMLButtonElement;
  private readonly theirs: HTMLButtonElement;

  constructor(row: Difference, private readonly chose: (side: Side) => void) {
    const item = itemOf(row.name);
    this.mine = button(value(row.name, row.mine), () => this.pick("mine"), "kind");
    this.theirs = button(value(row.name, row.theirs), () => this.pick("theirs"), "kind");
    const what = item ? itemText(item) : say(`field.${row.name}`);
    this.node = h("section", { class: "difference" }, h("p", { class: "what" }, what), h("div", { class: "sides", role: "group", "aria-label": what }, this.mine, this.theirs));
    this.mark(null);
  }

  pick(side: Side): void {
    this.mark(side);
    this.chose(side);
  }

  private mark(side: Side | null): void {
    this.mine.setAttribute("aria-pressed", String(side === "mine"));
    this.theirs.setAttribute("aria-pressed", String(side === "theirs"));
  }
}

function value(name: string, said: string): string {
  if (name === "move") return named("move", said);
  const [answer, ...note] = said.split("：");
  return answer && ["fine", "not_fine", "not_here"].includes(answer) ? [say(answer), ...note].join("：") : said || "—";
}

async function settle(act: Act, chosen: Map<string, Side>): Promise<void> {
  const base = act.answer?.base;
  if (act.kind === "step" && chosen.get("move") === "theirs") {
    await enqueue({ kind: "drop", title: act.title, body: {}, settles: act.id });
  } else {
    const body = act.kind === "step" ? { ...act.body, seen: base } : { ...merged(act, chosen), base };
    await enqueue({ kind: act.kind, title: act.title, body, photos: act.photos, settles: act.id });
  }
  go("#/queue");
  kick();
}

/** My version with those lines of theirs that the person chose. */
function merged(act: Act, chosen: Map<string, Side>): Record<string, unknown> {
  const theirs = act.answer?.theirs ?? {};
  const answers = { ...(act.body["answers"] as Record<string, Answer>) };
  const sign = { ...(act.body["sign"] as Record<string, string>) };
  const body: Record<string, unknown> = { ...act.body };
  for (const [name, side] of chosen) {
    if (side === "mine") continue;
    const answer = theirs.answers?.[name];
    if (answer) answers[name] = answer;
    else if (name === "note") body["note"] = theirs["note"];
    else sign[name === "sign_how" ? "how" : name] = String(theirs[name] ?? "");
  }
  return { ...body, answers, sign };
}
