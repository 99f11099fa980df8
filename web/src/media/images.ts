// SPDX-License-Identifier: AGPL-3.0-only
/** Images for chat: as `data:` URLs that fit into a message, and only of kinds that cannot run anything. */

import { measure } from "./pictures.ts";

const harmless = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,/;
/** The image's part of a message: sealing writes the URL in base64 twice more (16/9), and adds a little. */
const share = 0.54;
/** Marks of metadata, such as where and when a photo was taken: Exif, XMP, IPTC, and texts of PNG. */
const metadata = /Exif\0\0|eXIf|EXIF|ns\.adobe\.com\/xap|XMP |Photoshop 3\.0|tEXt|iTXt|zTXt/;
/** The longer side of what is drawn anew, in pixels. */
const sides = { most: 2560, least: 160 };
/** What is too large still shrinks to less than fits by its area: small pictures take more bytes for each pixel. */
const margin = 0.9;

export const isHarmlessImage = (url: string): boolean => harmless.test(url);

/** Whether an image is of a kind whose size only its decoder knows for certain (I1). */
export const isUnmeasured = (url: string): boolean => url.startsWith("data:image/avif;");

/**
 * @param messageBytes the largest message that the server takes
 * @returns undefined when the file is no image, or cannot be made small enough
 */
export async function imageUrl(file: Blob, messageBytes: number): Promise<string | undefined> {
  const longest = messageBytes * share;
  const original = await asDataUrl(file);
  // An image that others could not measure is drawn anew, and so is one that tells more than it shows.
  const isFit = isHarmlessImage(original) && original.length <= longest && measure(original);
  if (isFit && !metadata.test(atob(original.slice(original.indexOf(",") + 1)))) return original;
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (!bitmap) return undefined;
  let side = Math.min(sides.most, Math.max(bitmap.width, bitmap.height));
  do {
    const url = await asDataUrl(await encoded(bitmap, side));
    if (url.length <= longest) return url;
    const next = Math.floor(side * margin * Math.sqrt(longest / url.length));
    // The least one is tried as well.
    side = side > sides.least ? Math.max(sides.least, next) : 0;
  } while (side > 0);
  return undefined;
}

/** Safari writes no WebP, and gives a PNG instead, which would have to shrink to a fraction. */
async function encoded(bitmap: ImageBitmap, side: number): Promise<Blob> {
  const [type, quality] = ["image/webp", 0.85];
  const blob = await smaller(bitmap, side, { type, quality });
  return blob.type === type ? blob : smaller(bitmap, side, { type: "image/jpeg", quality });
}

/** @param side the longer one, in pixels, at most */
export async function smaller(bitmap: ImageBitmap, side: number, as: ImageEncodeOptions): Promise<Blob> {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.max(1, bitmap.width * scale), Math.max(1, bitmap.height * scale));
  const context = canvas.getContext("2d");
  if (context && as.type === "image/jpeg") {
    // Where an image lets through what is behind it, a JPEG would be black.
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.convertToBlob(as);
}

export function asDataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.addEventListener("error", () => reject(reader.error ?? new Error("unreadable")));
    reader.readAsDataURL(blob);
  });
}

/** Opens an image by itself: in a window of its size, or in a tab. */
export function viewImage(url: string, isPopup: boolean): void {
  if (!isHarmlessImage(url)) return;
  const [head = "", body = ""] = url.split(",", 2);
  const type = head.slice("data:".length, head.indexOf(";"));
  const bytes = Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  window.open(address, "_blank", isPopup ? "popup,width=900,height=700" : "noopener");
  // The window has loaded the image by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
