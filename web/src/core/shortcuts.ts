// SPDX-License-Identifier: AGPL-3.0-only
/** Which key does what. */

export type Shortcut =
  "toggle-chat" | "microphone" | "camera" | "screen" | "end-tracks" | "show-keys" | "pin-next" | "full-screen";

export interface KeyPress {
  /** As in KeyboardEvent. */
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  /** The focus is where text is written. */
  readonly isTyping: boolean;
  /** Some text is selected, so that Ctrl+C copies it. */
  readonly hasSelection: boolean;
  /** The setting `letter_keys`. */
  readonly hasLetterKeys: boolean;
}

const letters: Readonly<Record<string, Shortcut>> = {
  m: "microphone",
  r: "microphone",
  c: "camera",
  s: "screen",
  p: "pin-next",
  f: "full-screen",
};

export function shortcutOf(press: KeyPress): Shortcut | undefined {
  const key = press.key.toLowerCase();
  if (press.altKey || press.metaKey) return undefined;
  if (press.ctrlKey) {
    if (key === "enter") return "toggle-chat";
    return key === "c" && !press.hasSelection && !press.isTyping ? "end-tracks" : undefined;
  }
  if (press.isTyping) return undefined;
  if (key === "?") return "show-keys";
  return press.hasLetterKeys && Object.hasOwn(letters, key) ? letters[key] : undefined;
}
