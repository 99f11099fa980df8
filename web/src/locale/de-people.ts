// SPDX-License-Identifier: AGPL-3.0-only
/** The words in German for who people are. */

import { counting } from "./counting.ts";
import type { enOfIdentities } from "./en-people.ts";

const many = counting("de");

export const deOfPeople: typeof enOfIdentities = {
  marks: { verified: "bekannt", known: "bekannt", new: "neu", "no key": "ohne Schlüssel", changed: "anders" },
  verifiedMark: "bekannt, geprüft",
  markMeanings: {
    verified: "Du kennst diese Person und hast die Zahlen verglichen.",
    known: "Diesem Schlüssel bist du schon begegnet.",
    new: "Diesem Schlüssel begegnest du zum ersten Mal.",
    "no key":
      "Diese App hat keinen Schlüssel: Niemand kann sagen, wer das ist. Solange sie da ist, kann jeder, der den Link bekommt, lesen, was du allen sagst.",
    changed:
      "Etwas ist anders, als du es unter diesem Namen kennst: ein anderer Schlüssel, keiner oder eine App, die weniger schützt als bisher.",
  },
  protectsLess: (name) =>
    `Die App von ${name} schützt weniger als bisher. Das kann eine alte Version sein oder ein Trick: Frag auf einem anderen Weg nach, bevor du vertraust.`,
  peopleIntro: "Wem du begegnest, der wird an seinem Schlüssel wiedererkannt, allein in diesem Browser.",
  scopes: {
    everywhere: "Andere erkennen dich in jedem Raum, an einem Schlüssel, den dieser Browser aufbewahrt.",
    room: "Andere erkennen dich in diesem Raum, an einem eigenen Schlüssel.",
    visit: "Andere erkennen dich nur während dieses Besuchs.",
  },
  ownKey: "Dein Schlüssel",
  hereNow: "Jetzt hier",
  knownPeople: "Wen du kennst",
  nobodyElse: "Sonst ist niemand hier.",
  callsThemselves: (name) => `Nennt sich selbst ${name}.`,
  metOn: (day) => `Getroffen am ${day}.`,
  seen: (first, last) => `Zuerst getroffen am ${first}, zuletzt gesehen am ${last}.`,
  compareNumbers: "Zahlen vergleichen",
  numberIntro: (name) =>
    `Vergleiche diese Zahl mit ${name}, am besten laut: Wenn niemand dazwischen ist, seht ihr beide dieselbe.`,
  safetyNumber: "Sicherheitszahl",
  qrOfNumber: "QR-Code der Zahl",
  theyMatch: "Sie sind gleich",
  theyDiffer: "Sie sind verschieden",
  notNow: "Nicht jetzt",
  isVerified: (name) => `${name} ist geprüft.`,
  numbersDiffer: (name) =>
    `Vielleicht steht jemand zwischen dir und ${name} oder benutzt diesen Namen. Sag hier nichts Wichtiges; frag auf anderem Weg nach der Zahl, und trefft euch in einem neuen Raum.`,
  compareCode: "Einen Code mit allen vergleichen",
  roomCode: "Code des Raums",
  codeStarted: (name) => `${name} macht einen Code, den alle vergleichen.`,
  codeWaiting: (names) => `Ein Code mit ${names} entsteht …`,
  codeSay: (names) => `Sagt diesen Code laut. Haben alle denselben? Dabei sind: ${names}.`,
  anotherCode: "An die Stelle des vorigen ist ein anderer Code getreten: Vergleicht diesen.",
  codeCoversNot: (names) => `Nicht dabei: ${names}.`,
  codeMatched: (names) => `Geprüft: ${names}.`,
  codesDiffer:
    "Die Codes sind verschieden: Vielleicht steht jemand zwischen euch, hört mit und ändert, was ihr sagt. Sag hier nichts Wichtiges; trefft euch in einem neuen Raum und vergleicht noch einmal.",
  codeInterrupted:
    "Kein Code: Jemand ist gegangen, hat den Namen geändert oder abgebrochen, oder niemand hier kann einen machen.",
  codeUnlike: (name) => `Kein Code: ${name} sagt, noch sehen nicht alle dieselben Leute. Versuch es gleich wieder.`,
  codeSilent: (names) => `Kein Code: keine Antwort von ${names}.`,
  codeSpoiled: (names) => `Kein Code: ${names} hielt sich nicht an die Regeln.`,
  codeSaidSpoiled: (name) => `Kein Code: ${name} sagt, jemand hielt sich nicht an die Regeln.`,
  nameHere: "Name, den du dieser Person gibst",
  save: "Speichern",
  nameTaken: "So heißt hier schon jemand anderes.",
  forget: "Vergessen",
  forgetSurely: "Wirklich vergessen?",
  exportPeople: "Personen exportieren",
  importPeople: "Personen importieren",
  peopleFileHint:
    "Eine Datei mit den Personen, die du kennst, für einen anderen Browser von dir. Eine Passphrase verschließt sie. Dein eigener Schlüssel bleibt hier: Ein anderer Browser hat einen anderen.",
  passphrase: "Passphrase",
  passphraseShort:
    "Nimm mindestens 12 Zeichen: Wer die Datei bekommt, kann Passphrasen so schnell probieren, wie es geht.",
  passphraseAgain: "Noch einmal, zum Exportieren",
  passphrasesDiffer: "Die beiden Passphrasen sind verschieden.",
  peopleExported: (count) => many(count, { one: "# Person wurde exportiert.", other: "# Personen wurden exportiert." }),
  tooManyPeople: "Niemand wurde importiert: Zusammen wären es mehr Personen, als aufbewahrt werden können.",
  wrongPassphrase: "Diese Passphrase öffnet die Datei nicht, oder die Datei wurde verändert.",
  noPeopleFile: "Das ist keine Datei mit Personen.",
  peopleImported: (count) =>
    many(count, { one: "Importiert: # Person ist in der Datei.", other: "Importiert: # Personen sind in der Datei." }),
};
