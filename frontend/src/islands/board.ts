/**
 * The call-out board: three thousand cells drawn once by the server, then one letter a person a second at most.
 * `data-url` answers `{cells: "srrp…", numbers: {name: text}}`, in the order of the cells.
 */
import { fetchJson, given } from "../lib/page";

type Words = Record<string, { sign: string; word: string }>;

interface Standing {
  cells: string;
  numbers: Record<string, string>;
}

export function mount(el: HTMLElement): void {
  const cells = [...el.querySelectorAll<HTMLElement>("a[data-cell]")];
  const words = given<Words>(el);

  const fill = ({ cells: letters, numbers }: Standing): void => {
    if (letters.length !== cells.length) return location.reload(); // people joined: the page itself is another one
    cells.forEach((cell, i) => {
      const letter = letters[i] as string;
      if (cell.dataset["cell"] === letter) return;
      cell.dataset["cell"] = letter;
      cell.title = `${cell.dataset["who"] ?? ""} · ${words[letter]?.word ?? ""}`;
      cell.textContent = words[letter]?.sign ?? "";
      cell.classList.add("just-changed");
      setTimeout(() => cell.classList.remove("just-changed"), 900);
    });
    for (const [name, text] of Object.entries(numbers)) {
      for (const node of document.querySelectorAll(`[data-number="${name}"]`)) if (node.textContent !== text) node.textContent = text;
    }
  };

  el.addEventListener("live", () => void fetchJson<Standing>(el.dataset["url"] ?? "").then(fill));
}
