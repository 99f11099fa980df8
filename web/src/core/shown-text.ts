// SPDX-License-Identifier: AGPL-3.0-only
/** Text of peers as it is shown (T1 to T3): names, labels, chat. Hostile until proven otherwise. */

/** Characters of a name that are shown. */
const nameLength = 60;
const marksInARow = 4;

const lineEnd = /[\n\v\f\r\x85\u2028\u2029]/;
const space = /\p{Zs}/u;
/** Spaces, tabs, and letters and signs that show as nothing. */
const blank = /[\p{Zs}\t\u115f\u1160\u2800\u3164\uffa0\u{1d159}]/u;
const joiner = /[\u180e\u200c\u200d]/;
/** The first character whose script may need a joiner: Latin, Greek and Cyrillic, before it, do not. */
const firstJoined = 0x590;
const selector = /[\u180b-\u180d\u180f\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
/** Characters that show as nothing, though their category does not say so. */
const ignorable = /[\u034f\u17b4\u17b5\u2065\ufff0-\ufff8\u{e0000}-\u{e0fff}]/u;
const mark = /[\p{Mn}\p{Me}]/u;
const unseen = /[\p{Cc}\p{Cf}\p{Cs}]/u;
/** Signs around a number, which Unicode counts among what is not seen. */
const prepended = /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;
/** The flag of a region with its tags, or any character. */
const piece = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,6}\u{e007f}|./gsu;
const quotes = /["“”„‟«»「」『』〝〞〟＂]/g;
/** Marks, joiners, skin tones, tags, and what follows in a syllable of Hangul. */
const continues = /[\p{M}\p{EMod}\u1160-\u11ff\ud7b0-\ud7fb\u{e0020}-\u{e007f}]|\u200c|\u200d/u;
const flagLetter = /\p{RI}/u;

type Kind = "seen" | "blank" | "line" | "unseen";

/** @returns text for one line, of at most `limit` characters; empty when there is nothing to see */
export function shownText(text: string, limit: number): string {
  return cut(
    tamed(text, () => " ")
      .replace(/ +/g, " ")
      .trim(),
    limit,
  );
}

/** @returns text of several lines, with its blanks as they are, and without those at its end */
export function shownLines(text: string): string {
  return tamed(text.replaceAll("\r\n", "\n"), inLines).trimEnd();
}

/** A name without double quotation marks, so that none is taken for those that the page puts around it. */
export const shownName = (name: string): string => withoutQuotes(shownText(name, nameLength));

/** A text as it may stand between quotation marks (T2). */
export const withoutQuotes = (text: string): string => text.replace(quotes, "’");

/** Text without what cannot be seen; spaces stay. */
export const seenOnly = (text: string): string => tamed(text, (found) => (space.test(found) ? found : ""));

/** @param instead what stands for a blank or the end of a line */
function tamed(text: string, instead: (found: string, kind: Kind) => string): string {
  let [before, marks, shown] = ["", 0, ""];
  for (const [found] of text.matchAll(piece)) {
    const kind = found.length > 2 ? "seen" : kindOf(found, before, marks);
    if (kind === "seen") {
      marks = isMark(found) ? marks + 1 : isJoining(found) ? marks : 0;
      before = found;
      shown += found;
    } else {
      [before, marks] = ["", 0];
      if (kind !== "unseen") shown += instead(found, kind);
    }
  }
  return shown;
}

/** @param before what is seen right before: nothing, at the start and after a blank */
function kindOf(character: string, before: string, marks: number): Kind {
  if (lineEnd.test(character)) return "line";
  if (blank.test(character)) return "blank";
  if (joiner.test(character)) return isFirstJoined(before) && !joiner.test(before) ? "seen" : "unseen";
  if (selector.test(character)) return before !== "" && !isJoining(before) ? "seen" : "unseen";
  if (isMark(character)) return before !== "" && marks < marksInARow ? "seen" : "unseen";
  const isUnseen = (unseen.test(character) && !prepended.test(character)) || ignorable.test(character);
  return isUnseen ? "unseen" : "seen";
}

const isFirstJoined = (before: string): boolean => (before.codePointAt(0) ?? 0) >= firstJoined;

const isJoining = (character: string): boolean => joiner.test(character) || selector.test(character);

const isMark = (character: string): boolean =>
  mark.test(character) && !selector.test(character) && !ignorable.test(character);

const inLines = (found: string, kind: Kind): string =>
  kind === "line" ? "\n" : found === "\t" ? "    " : space.test(found) ? found : " ";

/** The beginning of a text with an ellipsis, when it is longer, and nothing that belongs together cut apart. */
function cut(text: string, limit: number): string {
  const characters = Array.from(text);
  if (characters.length <= limit) return text;
  let at = limit - 1;
  while (at > 0 && isContinued(characters, at)) at -= 1;
  return `${characters
    .slice(0, at || limit - 1)
    .join("")
    .trimEnd()}…`;
}

/** Whether the character at a place belongs to the one before it. */
export function isContinued(characters: readonly string[], at: number): boolean {
  const [before = "", after = ""] = characters.slice(at - 1, at + 1);
  if (continues.test(after) || before === "\u200d" || prepended.test(before)) return true;
  let letters = at;
  while (flagLetter.test(characters[letters - 1] ?? "")) letters -= 1;
  return (at - letters) % 2 === 1 && flagLetter.test(after);
}
