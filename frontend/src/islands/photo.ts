/** A photograph is made small before it is sent: the longest side 1,920 px, and under the limit of the field. */
import { element, say } from "../lib/page";

const SIDE_PX = 1920;
const QUALITY = 0.82;

async function smaller(file: File): Promise<File> {
  if (!file.type.startsWith("image/") || file.size < 400_000) return file;
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, SIDE_PX / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg", lastModified: file.lastModified });
}

const mb = (bytes: number): string => (bytes / 1_048_576).toFixed(1);

/** When each photograph was taken goes along: the small copy has lost what the camera wrote into the file. */
function sayWhenTaken(input: HTMLInputElement, beside: HTMLElement): void {
  const name = `${input.name}_taken`;
  for (const old of beside.parentElement?.querySelectorAll(`input[name="${name}"]`) ?? []) old.remove();
  for (const file of input.files ?? []) {
    const hidden = element("input", "");
    hidden.type = "hidden";
    hidden.name = name;
    hidden.value = new Date(file.lastModified).toISOString();
    beside.before(hidden);
  }
}

async function compress(input: HTMLInputElement, note: HTMLElement, preview: HTMLElement): Promise<void> {
  const box = new DataTransfer();
  let before = 0;
  let after = 0;
  preview.replaceChildren();
  for (const file of input.files ?? []) {
    const small = await smaller(file).catch(() => file); // a format this browser cannot draw goes as it is
    box.items.add(small);
    before += file.size;
    after += small.size;
    const image = element("img", "photo-thumb");
    image.src = URL.createObjectURL(small);
    image.alt = file.name;
    preview.append(image);
  }
  if (box.files.length) input.files = box.files;
  sayWhenTaken(input, note);
  note.textContent = box.files.length ? say("photo.size", { n: box.files.length, before: mb(before), after: mb(after) }) : "";
}

export function mount(el: HTMLElement): void {
  const input = el.querySelector<HTMLInputElement>("input[type=file]");
  if (!input) return;
  const note = element("small", "quiet");
  note.setAttribute("role", "status");
  const preview = element("div", "photo-preview");
  el.append(preview, note);
  input.addEventListener("change", () => void compress(input, note, preview));
}
