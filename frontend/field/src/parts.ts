/** Parts that several pages use. */
import { button, go, h } from "./dom";
import { compressed, keep } from "./photo";
import { photos as stored } from "./store";
import type { Danger } from "./types";
import { category } from "./state";
import { clock, isEnglish, say } from "./words";

export const head = (title: string, back = ""): HTMLElement =>
  h("header", { class: "head" },
    back ? h("a", { class: "back", href: back, "aria-label": say("back") }, "‹") : null,
    h("h1", {}, title));

export function dangerLine(danger: Danger): HTMLElement {
  const { text, late } = clock(danger.due);
  return h("li", {}, h("a", { class: "row", href: `#/danger/${danger.id}` },
    h("span", { class: "strong" }, danger.description),
    h("span", { class: "quiet" }, [category(danger.category), danger.state_name[isEnglish() ? 1 : 0]].join(" · ")),
    h("span", { class: late ? "clock late" : "clock" }, text)));
}

/** A field for photographs: camera first, small at once, shown, removable. `wanted` names each one that is asked for. */
export class PhotoField {
  readonly node: HTMLElement;
  readonly digests: string[] = [];
  readonly taken: Record<string, string> = {}; // photo → when the camera wrote it, which is not when it is sent
  private readonly shown = h("div", { class: "photos" });
  private readonly note = h("p", { class: "quiet", role: "status" });

  constructor(label: string, private readonly most = 6, private readonly changed: () => void = () => undefined) {
    const input = h("input", { type: "file", accept: "image/*", capture: "environment", class: "file" });
    input.addEventListener("change", () => void this.take(input));
    this.node = h("div", { class: "photo-field" }, h("label", { class: "act camera" }, label, input), this.shown, this.note);
  }

  private async take(input: HTMLInputElement): Promise<void> {
    for (const file of Array.from(input.files ?? []).slice(0, this.most - this.digests.length)) {
      try {
        const blob = await compressed(file);
        const digest = await keep(blob);
        if (!this.digests.includes(digest)) this.digests.push(digest);
        this.taken[digest] = new Date(file.lastModified).toISOString();
        await this.show();
      } catch (problem) {
        this.note.textContent = say(problem instanceof DOMException && problem.name === "QuotaExceededError" ? "photo_full" : "photo_failed");
      }
    }
    input.value = "";
    this.changed();
  }

  private async show(): Promise<void> {
    this.shown.replaceChildren();
    let bytes = 0;
    for (const digest of this.digests) {
      const photo = await stored.get(digest);
      if (!photo) continue;
      bytes += photo.size;
      const image = h("img", { src: URL.createObjectURL(photo.blob), alt: "" });
      this.shown.append(h("figure", {}, image, button("×", () => this.drop(digest), "drop", { "aria-label": say("photo_remove") })));
    }
    this.note.textContent = this.digests.length ? say("photo_n", { n: this.digests.length, kb: Math.round(bytes / 1024) }) : "";
  }

  private async drop(digest: string): Promise<void> {
    this.digests.splice(this.digests.indexOf(digest), 1);
    await this.show();
    this.changed();
  }
}

export function field(label: string, control: HTMLElement, help = ""): HTMLElement {
  const id = `f${Math.random().toString(36).slice(2)}`;
  control.id = id;
  return h("div", { class: "field" }, h("label", { for: id }, label), control, help ? h("p", { class: "quiet" }, help) : null);
}

export const error = (): HTMLElement => h("p", { class: "error", role: "alert", hidden: true });
export function tell(node: HTMLElement, text: string): void {
  node.textContent = text;
  node.hidden = !text;
  if (text) node.scrollIntoView({ block: "center" });
}

export const home = (): void => go("#/today");
