// SPDX-License-Identifier: AGPL-3.0-only
/** The words of the test of a connection in French. */

import type { enOfTrial } from "./en-trial.ts";

export const frOfTrial: typeof enOfTrial = {
  trial: {
    intro:
      "On essaie ici, une chose après l’autre, ce qu’il faut pour un appel. L’image et le son restent dans ce navigateur, et seuls ce serveur et les serveurs STUN et TURN qu’il nomme sont interrogés.",
    start: "Commencer le test",
    speaker: "Haut-parleur",
    server: "Serveur",
    stun: "Accès vers l’extérieur (STUN)",
    turn: (transport) => `Relais (TURN, ${transport})`,
    noTurn: "Relais (TURN)",
    states: {
      waiting: "pas encore essayé",
      running: "en cours…",
      asking: "vous attend",
      good: "fonctionne",
      unsure: "pas certain",
      bad: "ne fonctionne pas",
    },
    heard: "Je l’entends",
    notHeard: "Je n’entends rien",
    switchOff: "Éteindre",
    loudness: "Volume de votre micro",
    copyReport: "Copier le rapport",
    reportHint: "Le rapport ne contient ni adresses ni secrets.",
    done: "Le test est terminé.",
    picture: "Votre image est là.",
    heardYou: "On vous entend.",
    silent:
      "On n’entend rien. Parlez. Si cela ne suffit pas, votre micro est peut-être coupé, ou un autre est utilisé : voyez les réglages de votre système.",
    unmeasured:
      "Ce navigateur ne peut pas le mesurer, car il ne joue aucun son : les autres vous entendent peut-être quand même. Un haut-parleur est-il branché ?",
    question: "Un son est joué. L’entendez-vous ?",
    youHear: "Vous l’entendez.",
    noTone: "Montez le volume, ou choisissez un autre haut-parleur dans les réglages de votre système.",
    blocked: "Le navigateur ne joue aucun son. Appuyez encore sur Haut-parleur.",
    answers: (version, time) => `Il répond en ${time} : ${version}.`,
    noAnswer: "Le serveur ne répond pas. Votre réseau fonctionne-t-il ? Le serveur est peut-être arrêté.",
    noSignaling:
      "Il montre des pages et ne prend pas de WebSocket : un proxy ne le transmet peut-être pas. L’hébergeur doit regarder /signaling.",
    translated: "Il répond : un routeur traduit votre adresse (NAT), et les appels passent presque toujours.",
    plain: "Il répond, et aucun routeur ne traduit votre adresse.",
    answered: "Il répond.",
    stunSilent:
      "Pas de réponse : un pare-feu, ici ou là-bas, ne laisse pas passer UDP. Les appels ont besoin d’un relais (TURN) ou d’un autre réseau.",
    stunUnsure:
      "Rien n’a été trouvé, et ce navigateur ne dit pas pourquoi : rien ne traduit votre adresse, ou il n’y a pas de réponse.",
    noStun: "Le serveur n’en nomme aucun. Les gens d’autres réseaux ne vous joignent peut-être pas.",
    carries: "Une connexion qui passe par lui transporte des données.",
    refused:
      "Il refuse les identifiants du serveur. L’hébergeur doit regarder turn_secret, ou turn_user et turn_cred, et l’horloge.",
    unreachable:
      "Il ne peut pas être joint par cette voie. Un pare-feu est peut-être entre les deux, ou pour TLS un mauvais certificat.",
    carriesNothing:
      "Il est là et ne transporte rien vers lui-même. Son hébergeur doit regarder allowed-peer-ip et ses limites.",
    noRelay: "Le serveur n’en a pas. Qui est dans un réseau qui ne laisse rien passer d’autre ne joint personne.",
  },
};
