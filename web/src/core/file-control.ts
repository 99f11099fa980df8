// SPDX-License-Identifier: AGPL-3.0-only
/** Text messages on a file channel: `end` (F1) and the controls between ends that know them (F4 to F6, F9, F11). */

import { fileControls } from "./generated/file-controls.ts";
import { limits } from "./limits.ts";
import { isWithin, Malformed, type OneOf, oneOf, parse } from "./schema.ts";

export type FileControl = OneOf<typeof fileControls>;

const decode = oneOf(fileControls);

/** @returns undefined for what is not known or not well formed, which is ignored (F3) */
export function decodeFileText(message: string): FileControl | "end" | undefined {
  if (message === "end") return message;
  if (!isWithin(message, limits.fileTextLength)) return undefined;
  try {
    return parse(decode, message);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

export const encodeFileControl = (control: FileControl): string => JSON.stringify(control);
