// SPDX-License-Identifier: AGPL-3.0-only
/** The links of a text, and where they lead. */

export interface Link {
  readonly href: string;
  /** The host that has to be shown beside the text, since that shows another host, or the same in other letters. */
  readonly host?: string;
}

/** @returns undefined for a text that is no address */
export function linkOf(text: string): Link | undefined {
  if (!URL.canParse(text)) return undefined;
  const { href, protocol, host } = new URL(text);
  const start = `${protocol}//${host}`;
  const isShown = text.toLowerCase().startsWith(start) && ["", "/", "?", "#"].includes(text.charAt(start.length));
  return isShown ? { href } : { href, host };
}
