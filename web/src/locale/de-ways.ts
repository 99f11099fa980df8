// SPDX-License-Identifier: AGPL-3.0-only
/** The words in German for the ways to others: hiding one's address, and the link to a test. */

import type { enOfWays } from "./en-ways.ts";

export const deOfWays: typeof enOfWays = {
  hiding:
    "Andere sehen keine Netzwerkadresse von dir: Alles geht über den Vermittler (TURN) des Servers, was langsamer sein kann. Wer vorher mit dir verbunden war, kennt sie vielleicht schon.",
  hidingFromAll:
    "Deine Adresse ist verborgen, und dieser Server hat keinen Vermittler (TURN), hinter dem das ginge: Du bist mit niemandem verbunden. Bitte den Betreiber um einen, oder schalte „Meine Adresse verbergen“ in den Einstellungen aus.",
  testConnection: "Meine Verbindung testen",
};
