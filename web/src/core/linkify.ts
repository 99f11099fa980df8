// SPDX-License-Identifier: AGPL-3.0-only
/** Finds the links in a text. Only http and https: nothing that a click could run. */

export interface TextPart {
  readonly text: string;
  /** The address, when this part is a link. */
  readonly href?: string;
}

/**
 * Candidates for an address. Characters of format are not in them: what cannot be seen is of no address. Nor is
 * punctuation of scripts that put no blank behind it, and of others that no address has as it is.
 */
const candidates =
  /https?:\/\/[\p{L}\p{N}[][^\s<>"'\p{Cf}“”„‟«»、。，．！？；：（）［］｛｝「」『』【】〔〕〈〉《》…・｡､｢｣،؛؟।॥]*/giu;
/** The punctuation that ends a sentence rather than an address. */
const trailing = new Set(".,;:!?)]}'\"»”’");

export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let done = 0;
  for (const match of text.matchAll(candidates)) {
    const address = trim(match[0]);
    if (match.index > done) parts.push({ text: text.slice(done, match.index) });
    parts.push({ text: address, href: address });
    done = match.index + address.length;
  }
  if (done < text.length) parts.push({ text: text.slice(done) });
  return parts;
}

/** A closing bracket stays when the address has its opening. */
function trim(address: string): string {
  const count = (character: string): number => address.split(character).length - 1;
  let unopened = count(")") - count("(");
  let end = address.length;
  while (trailing.has(address.charAt(end - 1))) {
    if (address.charAt(end - 1) === ")" && unopened-- <= 0) break;
    end -= 1;
  }
  return address.slice(0, end);
}
