// SPDX-License-Identifier: AGPL-3.0-only
/** The words in Spanish for the ways to others: hiding one's address, and the link to a test. */

import type { enOfWays } from "./en-ways.ts";

export const esOfWays: typeof enOfWays = {
  hiding:
    "Los demás no ven ninguna dirección de red tuya: todo pasa por el repetidor (TURN) del servidor, lo que puede ser más lento. Quien ya estuvo conectado contigo quizá la conozca.",
  hidingFromAll:
    "Tu dirección está oculta y este servidor no tiene repetidor (TURN) tras el que ocultarla: no estás conectado con nadie. Pide uno a quien lleva el servidor, o desactiva «Ocultar mi dirección» en los ajustes.",
  testConnection: "Probar mi conexión",
};
