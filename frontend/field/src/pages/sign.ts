/** Sign and finish: the firm's hand on the glass, or its refusal with a witness. */
import { button, go, h } from "../dom";
import { error, field, head, tell } from "../parts";
import { keep } from "../photo";
import { enqueue } from "../queue";
import { itemsOf, siteOf } from "../state";
import { drafts } from "../store";
import { kick } from "../sync";
import type { Draft } from "../types";
import { say } from "../words";

export async function sign(key: string): Promise<HTMLElement> {
  const draft = await drafts.get(key);
  if (!draft) { go("#/today"); return h("main", { id: "page" }); }
  const pad = new Pad();
  const signer = h("input", { type: "text", autocomplete: "name" });
  const witness = h("input", { type: "text" });
  const wrong = error();
  let how = "signed";
  const signing = h("div", {}, h("p", { class: "label" }, say("sign_here")), pad.canvas, button(say("sign_clear"), () => pad.clear(), "link"), field(say("signer"), signer));
  const refusing = h("div", { hidden: true }, field(say("witness"), witness));
  const ways = ["signed", "refused", ""].map((code) => button(say(code ? `sign_${code}` : "sign_none"), () => { how = code; mark(); }, "kind", { "data-how": code }));
  const mark = (): void => {
    ways.forEach((each) => each.setAttribute("aria-pressed", String((each.dataset["how"] ?? "") === how)));
    signing.hidden = how !== "signed";
    refusing.hidden = how !== "refused";
  };
  mark();
  const save = async (): Promise<void> => {
    if (how === "signed" && pad.empty) return tell(wrong, say("sign_missing"));
    if (how === "refused" && !witness.value.trim()) return tell(wrong, say("witness_missing"));
    const picture = how === "signed" ? await keep(await pad.picture()) : "";
    await finish(draft, { how, signer: signer.value.trim(), witness: witness.value.trim(), photo: picture });
  };
  const open = itemsOf(draft).length - Object.keys(draft.answers).length;
  return h("main", { id: "page" }, head(say("sign"), `#/visit/${key}`),
    open > 0 ? h("p", { class: "quiet" }, say("unanswered", { n: open })) : null,
    h("div", { class: "kinds three", role: "group", "aria-label": say("sign") }, ways), signing, refusing, wrong,
    button(say("finish"), save, "act main"));
}

async function finish(draft: Draft, signed: { how: string; signer: string; witness: string; photo: string }): Promise<void> {
  const title = siteOf(draft.site)?.name ?? "";
  await enqueue({
    kind: "finish", title, after: draft.begin, photos: signed.photo ? [signed.photo] : [],
    body: { visit: draft.key, base: draft.version, ended_at: new Date().toISOString(), answers: draft.answers, note: draft.note, sign: signed },
  });
  draft.finished = true;
  await drafts.put(draft);
  go("#/today");
  kick();
}

/** A pane of glass for a signature; the picture is small, black on white. */
class Pad {
  readonly canvas = h("canvas", { class: "pad", width: 640, height: 260, tabIndex: 0, role: "img", "aria-label": say("sign_here") });
  empty = true;
  private readonly pen = this.canvas.getContext("2d")!;

  constructor() {
    this.clear();
    this.canvas.addEventListener("pointerdown", (event) => { this.canvas.setPointerCapture(event.pointerId); this.pen.beginPath(); this.pen.moveTo(...this.at(event)); });
    this.canvas.addEventListener("pointermove", (event) => { if (event.buttons) this.draw(event); });
  }

  private at(event: PointerEvent): [number, number] {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * this.canvas.width) / box.width, ((event.clientY - box.top) * this.canvas.height) / box.height];
  }

  private draw(event: PointerEvent): void {
    this.pen.lineTo(...this.at(event));
    this.pen.stroke();
    this.empty = false;
  }

  clear(): void {
    this.pen.fillStyle = "#fff";
    this.pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.pen.strokeStyle = "#000";
    this.pen.lineWidth = 4;
    this.pen.lineCap = "round";
    this.empty = true;
  }

  picture(): Promise<Blob> {
    return new Promise((done, fail) => this.canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("picture"))), "image/png"));
  }
}
