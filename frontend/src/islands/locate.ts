/** A button that fills in where the telephone is; the fields stay open for typing where there is no satellite. */
import { element, say } from "../lib/page";

export function mount(el: HTMLElement): void {
  if (!("geolocation" in navigator) || !window.isSecureContext) return;
  const button = element("button", "act-quiet", say("locate.ask"));
  button.type = "button";
  const note = element("small", "quiet");
  note.setAttribute("role", "status");
  el.append(button, note);
  const ask = (): void => {
    note.textContent = say("locate.asking");
    navigator.geolocation.getCurrentPosition(
      (here) => fill(el, note, here.coords),
      () => { note.textContent = say("locate.none"); },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  };
  button.addEventListener("click", ask);
  if ("here" in el.dataset) void unasked(el, ask);
}

/** Where it is about one's own place and the browser was allowed to tell it before, nobody taps for it. */
async function unasked(el: HTMLElement, ask: () => void): Promise<void> {
  const empty = !el.querySelector<HTMLInputElement>("input[name=lon]")?.value;
  const known = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (empty && known?.state === "granted") ask();
}

function fill(el: HTMLElement, note: HTMLElement, at: GeolocationCoordinates): void {
  const set = (name: string, value: number): void => {
    const input = el.querySelector<HTMLInputElement>(`input[name=${name}]`);
    if (input) input.value = value.toFixed(6);
  };
  set("lon", at.longitude);
  set("lat", at.latitude);
  note.textContent = say("locate.found", { m: Math.round(at.accuracy) });
}
