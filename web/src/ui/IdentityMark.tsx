// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import type { Mark } from "../core/people.ts";
import { enOfPeople } from "../locale/en-people.ts";
import { addEnglish, strings } from "../locale/strings.ts";

addEnglish(enOfPeople);

/** Shapes on a 16 × 16 grid: each mark has one of its own, so that colours need not be told apart. */
const shapes: Readonly<Record<Mark, string>> = {
  verified: "M8 1.5l5.5 2v4.5c0 3.2-2.3 5.4-5.5 6.5-3.2-1.1-5.5-3.3-5.5-6.5V3.5zM5.2 8l2 2 3.6-4",
  known: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3zM8 7.9v.2",
  new: "M8 3v10M3 8h10M4.5 4.5l7 7M11.5 4.5l-7 7",
  "no key": "M3 8h10",
  changed: "M8 2l6.5 11.5h-13zM8 6.5v3M8 11.3v.2",
};

interface IdentityMarkProps {
  readonly mark: Mark;
}

/** What is known of a person, as a shape and a word (Y14). */
export function IdentityMark({ mark }: IdentityMarkProps): JSX.Element {
  return (
    <span class={`identity ${mark.replace(" ", "-")}`} title={strings.markMeanings[mark]}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={shapes[mark]} />
      </svg>
      <span aria-hidden={mark === "verified"}>{strings.marks[mark]}</span>
      {mark === "verified" && <span class="hidden">{strings.verifiedMark}</span>}
    </span>
  );
}
