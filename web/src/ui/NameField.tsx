// SPDX-License-Identifier: AGPL-3.0-only
/** Where one's own name is written anew: loaded with the first click. */

import type { JSX, TargetedKeyboardEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { limits } from "../core/limits.ts";
import { isOfInputMethod } from "../core/shortcuts.ts";
import { strings } from "../locale/strings.ts";

interface NameFieldProps {
  readonly name: string;
  /** @param written the new name; without one, the name stays @param byKey the focus goes back to the name */
  readonly onDone: (written: string | undefined, byKey: boolean) => void;
}

/** Enter keeps what is written, and so does going elsewhere; Escape leaves the name as it was. */
export function NameField({ name, onDone }: NameFieldProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const isDone = useRef(false);
  useLayoutEffect(() => field.current?.select(), []);
  const end = (isKept: boolean, byKey: boolean): void => {
    // A field that goes away is left, too.
    if (isDone.current) return;
    isDone.current = true;
    const written = field.current?.value.trim();
    onDone(isKept && written !== name ? written : undefined, byKey);
  };
  const pressed = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    if (isOfInputMethod(event) || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    end(event.key === "Enter", true);
  };
  return (
    <input
      ref={field}
      class="own-name"
      dir="auto"
      aria-label={strings.changeName}
      maxLength={limits.nameLength}
      defaultValue={name}
      onKeyDown={pressed}
      onBlur={() => end(true, false)}
    />
  );
}
