// SPDX-License-Identifier: AGPL-3.0-only
/** Words for what comes over the wire: on their own, and quoted for within a sentence (T2). */

import type { PeerStatus } from "../core/events.ts";
import type { ResourceInfo } from "../core/relay-messages.ts";
import { shownName, shownText, withoutQuotes } from "../core/shown-text.ts";
import type { Way } from "../core/way.ts";
import { strings } from "./strings.ts";

/** The most characters that are shown of a stream's label, and of any within a sentence. File names are shown whole. */
const labelLength = 60;
const fileNameLength = 255;

export const nameOf = (username: string): string => shownName(username) || strings.unnamed;

/** @param number of those whose names look the same */
export function nameInWords(username: string, number = 1): string {
  const name = shownName(username);
  return (name ? strings.quoted(name) : strings.unnamed) + (number > 1 ? ` (${number})` : "");
}

/**
 * A name as what is around it is called. One that has brackets is quoted, so that what we put into brackets behind a name
 * is never taken for a part of it.
 *
 * @param name as it is shown
 */
export const spokenName = (name: string, number: number): string =>
  number > 1 || /[(（]/.test(name) ? strings.quoted(name) + (number > 1 ? ` (${number})` : "") : name;

export const fileLabel = ({ label = "" }: ResourceInfo): string => shownText(label, fileNameLength) || strings.file;

export function labelInWords(info: ResourceInfo): string {
  const known = info.kind === "file" ? undefined : knownLabel(info);
  const own = shownText(info.label ?? "", labelLength);
  return known ?? (own ? quoted(own) : info.kind === "file" ? strings.file : strings.unnamedStream);
}

const quoted = (text: string): string => strings.quoted(withoutQuotes(text));

/** A stream's label, in the reader's language where it is one that our clients give: "Camera", "Camera 2". */
export const streamLabel = (info: ResourceInfo): string =>
  knownLabel(info) ?? (shownText(info.label ?? "", labelLength) || strings.unnamedStream);

function knownLabel({ label }: ResourceInfo): string | undefined {
  const [, base = "", number = ""] = /^(Microphone|Camera|Screen)( \d+)?$/.exec(label ?? "") ?? [];
  const known = new Map([
    ["Microphone", strings.microphone],
    ["Camera", strings.camera],
    ["Screen", strings.screen],
  ]).get(base);
  return known && known + number;
}

/** A peer's connection state in words. @param offers whether there is something to connect for */
export const statusWords = (status: PeerStatus, way: Way | undefined, offers = false): string => {
  if (status === "unconnected" && offers) return strings.unasked;
  return status === "connected" && way ? strings.ways[way] : strings[status];
};
