// SPDX-License-Identifier: AGPL-3.0-only
/** The keys, and what each of them does. */

export type Shortcut =
  | "toggle-chat"
  | "toggle-mute"
  | "microphone"
  | "camera"
  | "screen"
  | "end-tracks"
  | "show-keys"
  | "pin-next"
  | "full-screen"
  | "record";

export interface KeyPress {
  /** The key, as in KeyboardEvent. */
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  /** Whether the focus is where text is written. */
  readonly isTyping: boolean;
  /** Whether some text is selected, so that Ctrl+C copies it. */
  readonly hasSelection: boolean;
  /** Whether a microphone is shared: without one, Ctrl+D is the browser's. */
  readonly hasMicrophone: boolean;
  /** The value of the setting `letter_keys`. */
  readonly hasLetterKeys: boolean;
}

const letters: Readonly<Record<string, Shortcut>> = {
  m: "microphone",
  r: "microphone",
  c: "camera",
  s: "screen",
  p: "pin-next",
  f: "full-screen",
  e: "record",
};

/** Whether a key is a letter of another script; such a key has a Latin one on it as well. */
const isOtherLetter = (key: string): boolean => /^(?!\p{Script=Latin})\p{L}$/u.test(key);
const questionMarks = new Set(["?", "؟", "？"]);

/** The letter of a key: the one that it writes, or on layouts of other scripts the one that its place has elsewhere. */
const letterOf = ({ key, code }: KeyPress): string =>
  (isOtherLetter(key) ? code.replace(/^Key(?=[A-Z]$)/, "") : key).toLowerCase();

/** Whether a key is of an input method. In Safari the one that ends a composition comes after its end. */
export const isOfInputMethod = ({ isComposing, keyCode }: { isComposing: boolean; keyCode: number }): boolean =>
  isComposing || keyCode === 229;

export function shortcutOf(press: KeyPress): Shortcut | undefined {
  const key = letterOf(press);
  if (press.altKey || press.metaKey) return undefined;
  if (press.ctrlKey) {
    if (key === "enter") return "toggle-chat";
    if (key === "d" && !press.shiftKey && press.hasMicrophone) return "toggle-mute";
    return key === "c" && !press.shiftKey && !press.hasSelection && !press.isTyping ? "end-tracks" : undefined;
  }
  if (press.isTyping) return undefined;
  if (questionMarks.has(press.key)) return "show-keys";
  return press.hasLetterKeys && Object.hasOwn(letters, key) ? letters[key] : undefined;
}
