// SPDX-License-Identifier: AGPL-3.0-only
/** Names of files as peers send them: hostile until proven otherwise. */

const longest = 200;
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A name that any file system takes and that shows as it is: without path, control and direction characters, not
 * hidden, not reserved, not too long; the extension stays.
 */
export function safeFileName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? "";
  const plain = base
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "")
    .replace(/[<>:"|?*]/g, "_")
    .replace(/^[.\s]+|[.\s]+$/g, "");
  const short = shorten(plain);
  if (short === "") return "file";
  return reserved.test(short) ? `_${short}` : short;
}

function shorten(name: string): string {
  const characters = Array.from(name);
  if (characters.length <= longest) return name;
  const extension = /\.[^.]{1,16}$/.exec(name)?.[0] ?? "";
  return characters.slice(0, longest - extension.length).join("") + extension;
}
