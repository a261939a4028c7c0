/** Copy buttons: the exact text of a field or a line, by mouse or key, and said aloud. */

export function mount(el: HTMLElement): void {
  const said = el.querySelector<HTMLElement>("[data-said]");
  el.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("button[data-copy]");
    if (button) void copy(button, said);
  });
}

async function copy(button: HTMLButtonElement, said: HTMLElement | null): Promise<void> {
  const text = button.dataset["copy"] ?? "";
  const done = (await byClipboard(text)) || bySelection(text, button);
  button.classList.toggle("is-copied", done);
  if (!said) return;
  const words = (done ? said.dataset["done"] : said.dataset["failed"]) ?? "";
  said.textContent = ""; // the same words again are news to a screen reader only after nothing
  window.setTimeout(() => { said.textContent = words.replace("{text}", text.length > 60 ? `${text.slice(0, 60)}…` : text); }, 30);
}

async function byClipboard(text: string): Promise<boolean> {
  if (!window.isSecureContext) return false; // over plain HTTP on a LAN name there is no clipboard
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** The old way, which needs neither permission nor HTTPS. */
function bySelection(text: string, back: HTMLElement): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  back.focus();
  return done;
}
