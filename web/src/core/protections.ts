// SPDX-License-Identifier: AGPL-3.0-only
/** The features of a client that guard against a server or other members (Y14). */

/** Those besides the ones that a credential needs (Y15, Y20). */
const protections = ["roster-1", "sas-1"];

/** @returns those of a client's features that guard against a server or other members */
export function protectionsOf(features: Iterable<string>): string[] {
  const found = new Set(features);
  return protections.filter((each) => found.has(each));
}
