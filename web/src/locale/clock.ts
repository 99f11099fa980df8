// SPDX-License-Identifier: AGPL-3.0-only

const two = (part: number): string => String(part).padStart(2, "0");

/** A length of time as clocks show it, the same in all languages of the page: 05:09, and 1:05:09 from an hour on. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const short = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return whole < 3_600 ? short : `${Math.floor(whole / 3_600)}:${short}`;
}
