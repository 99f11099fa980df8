// SPDX-License-Identifier: AGPL-3.0-only
/** The words of the test of a connection in German. */

import type { enOfTrial } from "./en-trial.ts";

export const deOfTrial: typeof enOfTrial = {
  trial: {
    intro:
      "Hier wird nacheinander versucht, was ein Gespräch braucht. Bild und Ton bleiben in diesem Browser, und nur dieser Server und die STUN- und TURN-Server, die er nennt, werden gefragt.",
    start: "Test starten",
    speaker: "Lautsprecher",
    server: "Server",
    stun: "Weg nach draußen (STUN)",
    turn: (transport) => `Vermittler (TURN, ${transport})`,
    noTurn: "Vermittler (TURN)",
    states: {
      waiting: "noch nicht versucht",
      running: "wird versucht …",
      asking: "wartet auf dich",
      good: "geht",
      unsure: "unklar",
      bad: "geht nicht",
    },
    heard: "Ich höre ihn",
    notHeard: "Ich höre nichts",
    switchOff: "Ausschalten",
    loudness: "Lautstärke deines Mikrofons",
    copyReport: "Bericht kopieren",
    reportHint: "Der Bericht enthält weder Adressen noch Geheimnisse.",
    done: "Der Test ist fertig.",
    picture: "Dein Bild ist da.",
    heardYou: "Du wirst gehört.",
    silent:
      "Nichts ist zu hören. Sag etwas. Wenn das nicht hilft, ist dein Mikrofon vielleicht stumm oder ein anderes in Gebrauch: siehe die Einstellungen deines Systems.",
    unmeasured:
      "Dieser Browser kann es nicht messen, da er keinen Ton abspielt: Andere hören dich vielleicht trotzdem. Ist ein Lautsprecher angeschlossen?",
    question: "Ein Ton erklingt. Hörst du ihn?",
    youHear: "Du hörst ihn.",
    noTone: "Stelle lauter, oder wähle in den Einstellungen deines Systems einen anderen Lautsprecher.",
    blocked: "Der Browser spielt keinen Ton ab. Drücke noch einmal auf Lautsprecher.",
    answers: (version, time) => `Er antwortet nach ${time}: ${version}.`,
    noAnswer: "Der Server antwortet nicht. Geht dein Netz? Vielleicht läuft er nicht.",
    noSignaling:
      "Er zeigt Seiten und nimmt keinen WebSocket an: Vielleicht reicht ein Proxy ihn nicht weiter. Der Betreiber muss nach /signaling sehen.",
    translated: "Er antwortet: Ein Router übersetzt deine Adresse (NAT), und Gespräche kommen meistens durch.",
    plain: "Er antwortet, und kein Router übersetzt deine Adresse.",
    answered: "Er antwortet.",
    stunSilent:
      "Keine Antwort: Eine Firewall hier oder dort lässt kein UDP durch. Gespräche brauchen einen Vermittler (TURN) oder ein anderes Netz.",
    stunUnsure:
      "Nichts wurde gefunden, und dieser Browser sagt nicht, warum: Nichts übersetzt deine Adresse, oder es kommt keine Antwort.",
    noStun: "Der Server nennt keinen. Leute in anderen Netzen erreichen dich vielleicht nicht.",
    carries: "Eine Verbindung darüber überträgt Daten.",
    refused:
      "Er lehnt die Zugangsdaten des Servers ab. Der Betreiber muss nach turn_secret oder nach turn_user und turn_cred sehen, und nach der Uhr.",
    unreachable:
      "Auf diesem Weg ist er nicht zu erreichen. Eine Firewall kann dazwischen sein, bei TLS auch das Zertifikat falsch.",
    carriesNothing:
      "Er ist da und überträgt nichts zu sich selbst. Der Betreiber muss nach allowed-peer-ip und nach den Grenzen sehen.",
    noRelay: "Der Server hat keinen. Wer in einem Netz ist, das nichts anderes durchlässt, erreicht niemanden.",
  },
};
