// SPDX-License-Identifier: AGPL-3.0-only

/** @returns the link to a room that a text is; it opens as it is, with its secret whole */
export const linkIn = (text: string): string | undefined => /^https?:\/\/[^\s/]+(?:\/\S*)?\/room#\S+$/i.exec(text)?.[0];
