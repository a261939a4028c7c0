/** Messages while the page is closed: the browser is asked only by a tap, and the answer can be taken back here. */
import { element, given } from "../lib/page";

interface Given { key: string; worker: string; csrf: string; words: Record<string, string> }

const API = "/api/messaging/push/subscriptions";

export async function mount(el: HTMLElement): Promise<void> {
  const page = given<Given>(el);
  const say = (key: string): string => page.words[key] ?? key;
  const state = element("p", "strong");
  state.setAttribute("role", "status");
  el.append(state);
  const why = !window.isSecureContext ? "insecure" : able() ? "" : "unable";
  if (why) { state.textContent = say(why); return; }
  if (Notification.permission === "denied") { state.textContent = say("denied"); return; }
  const known = await (await navigator.serviceWorker.getRegistration(scope(page)))?.pushManager.getSubscription();
  state.textContent = say(known ? "on" : "off");
  const button = element("button", known ? "act-quiet" : "act act-main", say(known ? "stop" : "allow"));
  button.type = "button";
  button.addEventListener("click", () => {
    button.disabled = true;
    (known ? stop(page, known) : allow(page)).then(
      (done) => { if (done) location.reload(); else state.textContent = say("denied"); },
      (failure: unknown) => {
        button.disabled = false;
        state.textContent = say("failed").replace("{why}", failure instanceof Error ? failure.message : String(failure));
      },
    );
  });
  el.append(button);
}

const able = (): boolean => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
const scope = (page: Given): string => new URL(".", new URL(page.worker, location.href)).pathname;

async function allow(page: Given): Promise<boolean> {
  if ((await Notification.requestPermission()) !== "granted") return false;
  const registration = await navigator.serviceWorker.register(page.worker, { scope: scope(page), updateViaCache: "none" });
  await active(registration);
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(page.key) });
  const { endpoint, keys } = made.toJSON();
  try {
    await tell(page, API, { endpoint, keys });
  } catch (failure) {
    await made.unsubscribe(); // what the server does not know must not look allowed here
    throw failure;
  }
  return true;
}

async function stop(page: Given, known: PushSubscription): Promise<boolean> {
  await tell(page, `${API}/end`, { endpoint: known.endpoint });
  await known.unsubscribe();
  return true;
}

/** A worker whose scope holds no page is never “ready”: it is waited for by its own state. */
async function active(registration: ServiceWorkerRegistration): Promise<void> {
  const worker = registration.installing ?? registration.waiting;
  if (!worker || registration.active) return;
  await new Promise<void>((done) => worker.addEventListener("statechange", () => { if (worker.state === "activated") done(); }));
}

async function tell(page: Given, url: string, body: unknown): Promise<void> {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": page.csrf };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
}

function bytes(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
