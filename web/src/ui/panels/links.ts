// SPDX-License-Identifier: AGPL-3.0-only
/** The links of a text, and where they lead. */

export interface Link {
  readonly href: string;
  /** The host that has to be shown beside the text, since that shows another host, or the same in other letters. */
  readonly host?: string;
}

/** @returns undefined for a text that is no address */
export function linkOf(text: string): Link | undefined {
  const url = parsed(text);
  if (!url) return undefined;
  const { href, protocol, host } = url;
  const start = `${protocol}//${host}`;
  const isShown = text.toLowerCase().startsWith(start) && ["", "/", "?", "#"].includes(text.charAt(start.length));
  return isShown ? { href } : { href, host };
}

/** Safari before 17 cannot say by itself (`URL.canParse`) whether a text is an address. */
function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
