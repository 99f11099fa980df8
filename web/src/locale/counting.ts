// SPDX-License-Identifier: AGPL-3.0-only
/** Counted things, in the plural forms of a language. */

import { formatNumber } from "./format.ts";

/** The plural forms of a thing; "#" stands for the number. A form that is not given is the other one. */
type Forms = { readonly other: string } & Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;

/** @returns a function that picks the form for a number and fills it in */
export function counting(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replace("#", formatNumber(count));
}
