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

export const button = (text: string, act: () => unknown, look = "", more: Props = {}): HTMLButtonElement =>
  h("button", { class: look, type: "button", onclick: () => void act(), ...more }, text);

export const go = (where: string): void => { location.hash = where; };
