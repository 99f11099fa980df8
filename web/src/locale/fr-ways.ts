// SPDX-License-Identifier: AGPL-3.0-only
/** The words in French for the ways to others: hiding one's address, and the link to a test. */

import type { enOfWays } from "./en-ways.ts";

export const frOfWays: typeof enOfWays = {
  hiding:
    "Les autres ne voient aucune adresse réseau de vous : tout passe par le relais (TURN) du serveur, ce qui peut être plus lent. Qui était connecté à vous avant la connaît peut-être déjà.",
  hidingFromAll:
    "Votre adresse est cachée, et ce serveur n’a pas de relais (TURN) derrière lequel la cacher : il n’y a de connexion avec personne. Demandez-en un à l’hébergeur, ou désactivez « Cacher mon adresse » dans les paramètres.",
  testConnection: "Tester ma connexion",
};
