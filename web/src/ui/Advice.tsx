// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { enOfTrouble } from "../locale/en-trouble.ts";
import { addEnglish, strings } from "../locale/strings.ts";

addEnglish(enOfTrouble);

/** Advice about a connection that failed. */
export const Advice = (): JSX.Element => <p class="advice">{strings.failedAdvice}</p>;
