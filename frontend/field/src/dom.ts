/** Elements without a framework: `h("button", {class: "big", onclick: …}, "text")`. Text is always text, never markup. */

type Child = Node | string | null | undefined | false;
type Props = Record<string, unknown>;

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: (Child | Child[])[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value as EventListener);
    else if (name in node && name !== "list" && !name.startsWith("aria")) (node as unknown as Props)[name] = value;
    else node.setAttribute(name === "class" ? "class" : name, value === true ? "" : String(value));
  }
  node.append(...(children.flat().filter((child) => child !== null && child !== undefined && child !== false) as (Node | string)[]));
  return node;
}

/** A button that does its work once, however often a cold finger hits it meanwhile. */
export function button(text: string, act: () => unknown, look = "", more: Props = {}): HTMLButtonElement {
  const node = h("button", { class: look, type: "button", ...more }, text);
  node.addEventListener("click", () => {
    if (node.getAttribute("aria-busy")) return;
    node.setAttribute("aria-busy", "true");
    void Promise.resolve(act()).finally(() => node.removeAttribute("aria-busy"));
  });
  return node;
}

export const go = (where: string): void => { location.hash = where; };
