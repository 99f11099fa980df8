// SPDX-License-Identifier: AGPL-3.0-only
/** The words in English for the ways to others: hiding one's address, and the link to a test. */

export const enOfWays = {
  hiding:
    "Others see no network address of yours: all goes through the server's relay (TURN), which may be slower. Who was connected to you before may know it already.",
  hidingFromAll:
    "Your address is hidden, and this server has no relay (TURN) to hide it behind: you are connected to nobody. Ask the server's host for one, or switch “Hide my address” off in the settings.",
  testConnection: "Test my connection",
};
