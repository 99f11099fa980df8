// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Generations of ICE: each restart begins another one, whose candidates come before those of the last one (N20).
 * An engine that leads ICE keeps the pair in use for as long as new ones have a lower priority, though nothing comes over
 * it, until it takes that for dead.
 */

import type { Description } from "./descriptions.ts";
import type { IceCandidate } from "./relay-messages.ts";

const fragment = /(?:^|\n)a=ice-ufrag:([!-~]{1,256})\r?(?:\n|$)/;
const line = /\na=candidate:[^\r\n]*/g;
const priority = /^((?:\na=)?candidate:(?:[!-~]+ ){3})([0-9]{1,10})(?= )/;
/** More than what candidates of one type and generation differ by on a machine with few interfaces. */
const step = 2 ** 19;
/** So many steps are less than what types differ by (RFC 8445, section 5.1.2.1). */
const steps = 32;
/** The highest priority (RFC 8839, section 5.1). */
const highest = 2 ** 31 - 1;

/** The generations of a peer's candidates on one connection, by the fragments of user names in its descriptions. */
export class Generations {
  #fragment: string | undefined;
  #number = 0;

  /** @returns whether a description begins ICE anew */
  isNext(sdp: string): boolean {
    return isOther(fragmentOf(sdp), this.#fragment);
  }

  /** Takes a description. @returns it with the priorities that its candidates have here */
  description({ type, sdp }: Description): Description {
    if (this.isNext(sdp)) this.#number += 1;
    this.#fragment = fragmentOf(sdp) ?? this.#fragment;
    return { type, sdp: sdp.replace(line, (each) => this.#raised(each)) };
  }

  /** @returns a candidate of the last description with the priority that it has here */
  candidate(candidate: IceCandidate): IceCandidate {
    return { ...candidate, candidate: this.#raised(candidate.candidate) };
  }

  #raised(candidate: string): string {
    return candidate.replace(
      priority,
      (_, before: string, given: string) => `${before}${this.#priority(Number(given))}`,
    );
  }

  #priority(given: number): number {
    return given <= highest ? Math.min(given + step * (this.#number % steps), highest) : given;
  }
}

/** Whether a description begins ICE anew, after another one of the same side. */
export const beginsIceAnew = (sdp: string, before: string): boolean => isOther(fragmentOf(sdp), fragmentOf(before));

const isOther = (now: string | undefined, before: string | undefined): boolean =>
  now !== undefined && before !== undefined && now !== before;

const fragmentOf = (sdp: string): string | undefined => fragment.exec(sdp)?.[1];
