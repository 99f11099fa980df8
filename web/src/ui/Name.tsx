// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { strings } from "../locale/strings.ts";

interface NameProps {
  /** The name as it is shown. */
  readonly name: string;
  readonly number?: number;
  readonly isOwn?: boolean;
}

/** The name of a person. What we say of them stands beside it, in elements that no name can imitate (T2, T4). */
export function Name({ name, number = 1, isOwn = false }: NameProps): JSX.Element {
  return (
    <>
      <bdi>{name}</bdi>
      {number > 1 && (
        <>
          {" "}
          <span class="mark" title={strings.sameName(number)}>
            {number}
          </span>
        </>
      )}
      {isOwn && (
        <>
          {" "}
          <span class="mark">{strings.youMark}</span>
        </>
      )}
    </>
  );
}
