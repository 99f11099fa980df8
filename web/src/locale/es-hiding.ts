// SPDX-License-Identifier: AGPL-3.0-only
/** The words in Spanish for hiding one's network address. */

import type { enOfHiding } from "./en-hiding.ts";

export const esOfHiding: typeof enOfHiding = {
  hiding:
    "Los demás no ven ninguna dirección de red tuya: todo pasa por la retransmisión (TURN) del servidor, que puede ser más lenta. Quien ya estuvo conectado contigo quizá la conozca.",
  hidingFromAll:
    "Tu dirección está oculta y este servidor no tiene retransmisión (TURN) tras la que ocultarla: no estás conectado con nadie. Pide una a quien lleva el servidor, o desactiva «Ocultar mi dirección» en los ajustes.",
};
