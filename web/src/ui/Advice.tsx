// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { enOfWays } from "../locale/en-ways.ts";
import { enOfTrouble } from "../locale/en-trouble.ts";
import { addEnglish, strings } from "../locale/strings.ts";

addEnglish({ ...enOfTrouble, ...enOfWays });

interface AdviceProps {
  /** Whether the own address is hidden, and there is no relay to hide it behind. */
  readonly isHidingInVain: boolean;
}

/** Advice about a connection that failed, or cannot be made. */
export const Advice = ({ isHidingInVain }: AdviceProps): JSX.Element => (
  <p class="advice">{isHidingInVain ? strings.hidingFromAll : strings.failedAdvice}</p>
);
