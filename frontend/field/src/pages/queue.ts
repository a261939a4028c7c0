/** What waits to be sent, what arrived, and what was changed elsewhere: nothing on this phone is hidden. */
import { button, go, h } from "../dom";
import { head } from "../parts";
import { again, changed } from "../queue";
import { day } from "../state";
import { acts, drafts, forget, photos, personHere } from "../store";
import { kick, line } from "../sync";
import type { Act } from "../types";
import { chooseLanguage, isEnglish, say, urls, when } from "../words";

export async function queue(): Promise<HTMLElement> {
  const all = (await acts.all()).filter((act) => act.state !== "settled").reverse();
  const open = all.filter((act) => act.state !== "taken");
  const gone = all.filter((act) => act.closed && act.state === "taken").length;
  return h("main", { id: "page" }, head(say("queue")),
    line.signedOut ? signIn(say("sign_in_again")) : null,
    h("p", { role: "status", class: "strong" }, line.busy ? `${say("queue_sending")} ${line.photo ? say("queue_photo", { n: line.photo }) : ""}` : open.length ? say("waiting", { n: open.length }) : say("all_sent")),
    gone ? h("p", { class: "note closed-note" }, say("sent_closed", { n: gone })) : null,
    !line.online && line.next ? h("p", { class: "quiet" }, say("queue_next", { time: when(new Date(line.next).toISOString()) })) : null,
    open.length ? button(say("queue_now"), kick, "act main") : h("p", { class: "empty" }, say("queue_empty")),
    h("ul", { class: "rows" }, await Promise.all(all.map(row))),
    h("section", { class: "more" },
      day().person.firm ? null : h("a", { class: "act", href: urls.me }, say("my_work")),
      button(isEnglish() ? "中文" : "English", () => { chooseLanguage(!isEnglish()); changed(); window.dispatchEvent(new HashChangeEvent("hashchange")); }, "act"),
      button(say("sign_out"), () => signOut(open.length), "link")));
}

async function row(act: Act): Promise<HTMLElement> {
  const parts = [say(`act.${act.kind}`), when(act.happened_at), say(`state.${act.state}`)];
  if (act.closed && act.state === "taken") parts.push(say("sent_closed_one", { time: when(act.done_at) }));
  const undone = (await Promise.all(act.photos.map((digest) => photos.get(digest)))).filter((photo) => photo && !photo.done);
  if (act.state === "waiting" && undone.length) parts.push(say("queue_photo", { n: Math.round((100 * undone.reduce((sum, photo) => sum + photo!.sent, 0)) / undone.reduce((sum, photo) => sum + photo!.size, 1)) }));
  return h("li", { class: `row state-${act.state}` }, h("span", { class: "strong" }, act.title), h("span", { class: "quiet" }, parts.join(" · ")),
    act.state === "conflict" ? button(say("conflict_title"), () => go(`#/conflict/${act.id}`), "act") : null,
    act.state === "refused" ? h("p", { class: "error" }, act.answer?.remedy ?? "") : null,
    act.state === "refused" ? h("div", { class: "line" }, button(say("again"), () => again(act).then(kick), "act"),
      act.kind === "step" ? button(say("mend"), () => go(`#/danger/${String(act.body["item"])}`), "act") : null, dropper(act)) : null);
}

/** Two taps on the same button, so that a wet thumb throws nothing away; no dialog. */
function dropper(act: Act): HTMLElement {
  const it = button(say("throw_away"), async () => {
    if (it.dataset["sure"]) { await acts.remove(act.id); changed(); return; }
    it.dataset["sure"] = "1";
    it.textContent = say("throw_away_sure");
  }, "act");
  return it;
}

export const signIn = (text: string): HTMLElement =>
  h("div", { class: "sign-in" }, h("p", { class: "strong", role: "alert" }, text), h("a", { class: "act main", href: `${urls.login}${location.pathname}` }, say("sign_in")));

async function signOut(open: number): Promise<void> {
  const note = document.querySelector(".more .link");
  if (open || (await drafts.all()).some((draft) => !draft.finished)) {
    if (note) note.textContent = say("sign_out_waits", { n: open || 1 });
    return;
  }
  if (await personHere()) await forget();
  location.href = "/accounts/logout/";
}
