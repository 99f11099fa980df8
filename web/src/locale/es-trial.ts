// SPDX-License-Identifier: AGPL-3.0-only
/** The words of the test of a connection in Spanish. */

import type { enOfTrial } from "./en-trial.ts";

export const esOfTrial: typeof enOfTrial = {
  trial: {
    intro:
      "Aquí se prueba, una cosa tras otra, lo que necesita una llamada. La imagen y el sonido se quedan en este navegador, y solo se pregunta a este servidor y a los servidores STUN y TURN que nombra.",
    start: "Empezar la prueba",
    speaker: "Altavoz",
    server: "Servidor",
    stun: "Camino al exterior (STUN)",
    turn: (transport) => `Repetidor (TURN, ${transport})`,
    noTurn: "Repetidor (TURN)",
    states: {
      waiting: "sin probar",
      running: "probando…",
      asking: "te espera",
      good: "funciona",
      unsure: "sin certeza",
      bad: "no funciona",
    },
    heard: "Lo oigo",
    notHeard: "No oigo nada",
    switchOff: "Apagar",
    loudness: "Volumen de tu micrófono",
    copyReport: "Copiar el informe",
    reportHint: "El informe no contiene direcciones ni secretos.",
    done: "La prueba ha terminado.",
    picture: "Tu imagen está aquí.",
    heardYou: "Se te oye.",
    silent:
      "No se oye nada. Habla. Si no ayuda, quizá tu micrófono esté silenciado o se use otro: mira los ajustes de tu sistema.",
    unmeasured:
      "Este navegador no puede medirlo, porque no reproduce sonido: quizá te oigan de todos modos. ¿Hay un altavoz conectado?",
    question: "Suena un tono. ¿Lo oyes?",
    youHear: "Lo oyes.",
    noTone: "Sube el volumen o elige otro altavoz en los ajustes de tu sistema.",
    blocked: "El navegador no reproduce sonido. Pulsa Altavoz otra vez.",
    answers: (version, time) => `Responde en ${time}: ${version}.`,
    noAnswer: "El servidor no responde. ¿Tienes red? Quizá no esté en marcha.",
    noSignaling:
      "Muestra páginas y no acepta WebSocket: quizá un proxy no lo deje pasar. Quien lo lleva debe mirar /signaling.",
    translated: "Responde: un router traduce tu dirección (NAT), y las llamadas pasan casi siempre.",
    plain: "Responde, y ningún router traduce tu dirección.",
    answered: "Responde.",
    stunSilent:
      "No responde: un cortafuegos aquí o allí no deja pasar UDP. Las llamadas necesitan un repetidor (TURN) u otra red.",
    stunUnsure: "No se encontró nada, y este navegador no dice por qué: nada traduce tu dirección, o no hay respuesta.",
    noStun: "El servidor no nombra ninguno. Quizá no te alcance la gente de otras redes.",
    carries: "Una conexión a través de él transporta datos.",
    refused:
      "Rechaza las credenciales del servidor. Quien lo lleva debe mirar turn_secret, o turn_user y turn_cred, y el reloj.",
    unreachable:
      "No se puede alcanzar por esta vía. Puede haber un cortafuegos en medio; con TLS, también un certificado erróneo.",
    carriesNothing:
      "Está ahí y no transporta nada hacia sí mismo. Quien lo lleva debe mirar allowed-peer-ip y sus límites.",
    noRelay: "El servidor no tiene. Quien está en una red que no deja pasar nada más no alcanza a nadie.",
  },
};
