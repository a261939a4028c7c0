/** Scan the plate at the door, or type its code. */
import { button, go, h } from "../dom";
import { error, head, tell } from "../parts";
import { Scanner, tokenOf } from "../scan";
import { byPlate, day } from "../state";
import { say } from "../words";

let running: Scanner | null = null;
export const stopScan = (): void => { running?.stop(); running = null; };

export async function scan(): Promise<HTMLElement> {
  const video = h("video", { class: "camera-view", muted: true, playsInline: true, "aria-label": say("scan") });
  const said = h("p", { class: "quiet", role: "status" }, say("scan_reading"));
  const wrong = error();
  const typed = h("input", { type: "text", autocomplete: "off", autocapitalize: "off", "aria-label": say("scan_type"), placeholder: say("scan_type") });
  const open = (token: string): void => {
    const site = byPlate(token) ?? day().sites.find((each) => token && each.name.includes(token));
    if (site) go(`#/site/${site.id}`);
    else { tell(wrong, say("scan_none")); typed.value = token; }
  };
  running = new Scanner(video, open);
  running.start().catch(() => { said.textContent = say("scan_camera"); video.hidden = true; typed.focus(); });
  const form = h("form", { class: "line", onsubmit: (event: Event) => { event.preventDefault(); open(tokenOf(typed.value)); } },
    typed, h("button", { class: "act" }, "→"));
  return h("main", { id: "page" }, head(say("scan"), "#/today"), video, said, wrong, form, button(say("firms"), () => go("#/firms"), "link"));
}

/** The address on the plate itself opens the app here. */
export async function plate(token: string): Promise<HTMLElement> {
  const site = byPlate(token);
  if (site) { go(`#/site/${site.id}`); return h("main", { id: "page" }); }
  return h("main", { id: "page" }, head(say("scan"), "#/today"), h("p", { class: "error", role: "alert" }, say("scan_none")));
}
