/** The time line under the map: back to any moment of the last day, or played forward; “now” lets go of it. */
import { dayClock, say, worldNow } from "../lib/page";

const STEP_MS = 10 * 60 * 1000;
const PLAY_MS = 700;

export class Scrubber {
  private timer = 0;
  private readonly range: HTMLInputElement | null;
  private readonly label: HTMLElement | null;
  private readonly play: HTMLButtonElement | null;

  constructor(el: HTMLElement, hours: number, private readonly show: (at: number | null) => Promise<void>) {
    this.range = el.querySelector("input[type=range]");
    this.label = el.querySelector("[data-scrub-time]");
    this.play = el.querySelector("[data-scrub-play]");
    if (!this.range) return;
    this.range.max = String((hours * 3_600_000) / STEP_MS);
    this.range.value = this.range.max;
    this.range.addEventListener("input", () => void this.moved());
    this.play?.addEventListener("click", () => this.toggle());
    el.querySelector("[data-scrub-now]")?.addEventListener("click", () => this.now());
    this.say(null);
  }

  private at(): number | null {
    const back = Number(this.range?.max) - Number(this.range?.value);
    return back <= 0 ? null : Math.floor(worldNow() / STEP_MS) * STEP_MS - back * STEP_MS;
  }

  private async moved(): Promise<void> {
    const at = this.at();
    this.say(at);
    await this.show(at);
  }

  private say(at: number | null): void {
    if (this.label) this.label.textContent = at === null ? say("scrub.now") : dayClock(at);
    this.range?.setAttribute("aria-valuetext", this.label?.textContent ?? "");
  }

  private toggle(): void {
    if (this.timer) return this.stop();
    if (!this.range || !this.play) return;
    if (this.range.value === this.range.max) this.range.value = String(Math.max(0, Number(this.range.max) - 36)); // six hours
    this.play.textContent = say("scrub.stop");
    this.step();
  }

  private step(): void {
    if (!this.range) return;
    this.range.value = String(Number(this.range.value) + 1);
    void this.moved().then(() => {
      if (this.range?.value === this.range?.max) return this.stop();
      this.timer = window.setTimeout(() => this.step(), PLAY_MS);
    });
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.play) this.play.textContent = say("scrub.play");
  }

  private now(): void {
    this.stop();
    if (this.range) this.range.value = this.range.max;
    void this.moved();
  }
}
