/** Reads QR codes on phones that have no reader of their own. Fetched when the line is idle, outside the first load. */
import jsQR from "jsqr";

export const decode = (image: ImageData): string => jsQR(image.data, image.width, image.height, { inversionAttempts: "dontInvert" })?.data ?? "";
