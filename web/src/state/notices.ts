// SPDX-License-Identifier: AGPL-3.0-only
/** Notices: what a person is to know until it is dismissed, or settled. */

import type { PeerKey } from "../core/events.ts";

/** Words that are read anew when the language changes. */
export type Words = () => string;

export interface Notice {
  readonly text: Words;
  readonly level: "warning" | "error";
  /** The subject of which this is the newest notice: it replaces the one before, and goes when that is settled. */
  readonly about?: string;
  /** What others can cause as often as they like: of a group, the newest few are shown. */
  readonly group?: "bound" | "warned" | "compared";
  /** The peer whose own matter it is: it goes with the peer. */
  readonly peer?: PeerKey | undefined;
  /** A way out, besides dismissing it. */
  readonly link?: { readonly href: string; readonly text: Words };
  readonly action?: { readonly text: Words; readonly act: () => void };
}

/** Notices of a group that are shown. */
const mostOfGroup = 5;

/** @returns the notices with another one, which replaces what it says anew */
export function withNotice(notices: readonly Notice[], notice: Notice): Notice[] {
  const text = notice.text();
  const { about, group } = notice;
  const isOver = (other: Notice): boolean => other.text() === text || (about !== undefined && other.about === about);
  const all = [...notices.filter((other) => !isOver(other)), notice];
  const ofGroup = all.filter((other) => group !== undefined && other.group === group);
  const surplus = new Set(ofGroup.slice(0, -mostOfGroup));
  return all.filter((other) => !surplus.has(other));
}
