// SPDX-License-Identifier: AGPL-3.0-only
/** The words in French for pictures that are paused, and for recordings. */

import type { enOfRecording } from "./en-recording.ts";
import type { Strings } from "./en.ts";

type Words = typeof enOfRecording &
  Pick<Strings, "paused" | "showPaused" | "record" | "records" | "youRecord" | "startsRecording" | "stopsRecording">;

export const frOfRecording: Words = {
  paused: "En pause : cet appareil ne peut pas tout montrer. Appuyez pour voir.",
  showPaused: (stream) => `${stream} : en pause, car cet appareil ne peut pas tout montrer. Montrer`,
  record: "Enregistrer",
  records: "enregistre",
  youRecord: "Vous enregistrez",
  startsRecording: (name) => `${name} enregistre`,
  stopsRecording: (name) => `${name} n’enregistre plus`,
  recordIntro:
    "Ce que vous voyez et entendez ici va dans un fichier sur cet appareil, votre micro aussi s’il est ouvert. Tous ceux dont l’application le montre l’apprennent. Demandez tout de même avant.",
  cannotBeTold: (names: string) => `Ne peuvent pas être avertis, dites-le vous-même : ${names}`,
  startRecording: "Démarrer l’enregistrement",
  stopRecording: "Arrêter l’enregistrement",
  recorded: (length: string, size: string) => `Enregistré : ${length}, ${size}`,
  recordingSaved: "L’enregistrement est sauvegardé",
  recordingFailed:
    "L’enregistrement est terminé : le fichier ne peut plus être écrit, la place manque peut-être. Ce qui était déjà écrit reste.",
  recordingImpossible: "Ce navigateur ne peut pas enregistrer ici pour le moment.",
};
