// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";

interface SpelledProps {
  readonly groups: readonly string[];
  /** What is spelled. */
  readonly label: string;
  readonly class?: string;
}

/** What people compare aloud, in groups. Screen readers say each character, and pause between groups. */
export function Spelled({ groups, label, class: look = "" }: SpelledProps): JSX.Element {
  return (
    <p class={`digits ${look}`} role="group" aria-label={label}>
      {groups.map((group, at) => (
        <span key={at}>
          <span aria-hidden="true">{group}</span>
          <span class="hidden">{`${group.split("").join(" ")}, `}</span>
        </span>
      ))}
    </p>
  );
}
