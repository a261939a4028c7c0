/** The one script of every page: htmx with evaluation switched off, and islands mounted where the page has them. */
import htmx from "htmx.org";

interface Island {
  mount(el: HTMLElement): void | Promise<void>;
}

const islands = import.meta.glob<Island>("./islands/*.ts");
const mounted = new WeakSet<Element>();

htmx.config.allowEval = false; // the page's policy forbids it anyway: refuse early, not in the console
htmx.config.includeIndicatorStyles = false; // inline styles are forbidden; ours are in app.css
htmx.config.historyCacheSize = 0; // no personal data in local storage of a shared seat
htmx.config.scrollBehavior = "auto";
// A refusal (422) or a conflict (409) carries the form back with the reason beside its field: show it.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "4(09|22)", swap: true },
  { code: "[45]..", swap: false, error: true },
];

async function mountIn(root: ParentNode): Promise<void> {
  await Promise.all([...root.querySelectorAll<HTMLElement>("[data-island]")].map(mountOne)); // none waits for another's chunk
}

async function mountOne(el: HTMLElement): Promise<void> {
  if (mounted.has(el)) return;
  mounted.add(el);
  for (const name of (el.dataset["island"] ?? "").split(" ").filter(Boolean)) {
    const load = islands[`./islands/${name}.ts`];
    if (!load) throw new Error(`no island ${name}`);
    await (await load()).mount(el);
  }
}

document.addEventListener("htmx:load", (event) => {
  const el = (event as CustomEvent<{ elt: HTMLElement }>).detail.elt;
  if (el === document.body) return;
  if (el.dataset["island"]) void mountOne(el);
  void mountIn(el);
});

document.addEventListener("htmx:responseError", () => document.body.classList.add("answer-failed"));
document.addEventListener("htmx:sendError", () => document.body.classList.add("answer-failed"));
document.addEventListener("htmx:afterOnLoad", () => document.body.classList.remove("answer-failed"));

// Leaving with unsent words in a form asks once; a sent form does not.
const dirty = new Set<HTMLFormElement>();
document.addEventListener("input", (event) => {
  const form = (event.target as HTMLElement).closest<HTMLFormElement>("form[data-keep]");
  if (form) dirty.add(form);
});
document.addEventListener("submit", (event) => dirty.delete(event.target as HTMLFormElement));
window.addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});

// What takes a moment says so on its button, and is not sent twice; whoever comes back finds the button as it was.
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
  if (!form.dataset["wait"] || !button) return;
  const words = button.textContent;
  button.textContent = form.dataset["wait"];
  button.setAttribute("aria-busy", "true");
  setTimeout(() => { button.disabled = true; });
  window.addEventListener("pageshow", () => {
    button.textContent = words;
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }, { once: true });
});

// j/k walk a list, enter opens, / searches; never while somebody types.
document.addEventListener("keydown", (event) => {
  const at = event.target as HTMLElement;
  if (at.closest("input,textarea,select,[contenteditable]") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    const search = document.querySelector<HTMLInputElement>("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
  if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
});

function walk(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-walk] a[data-open]")];
  const here = rows.indexOf(document.activeElement as HTMLElement);
  rows[Math.min(rows.length - 1, Math.max(0, here + step))]?.focus();
}

void mountIn(document);
