// SPDX-License-Identifier: AGPL-3.0-only
/** The words in German for pictures that are paused, and for recordings. */

import type { enOfRecording } from "./en-recording.ts";
import type { Strings } from "./en.ts";

type Words = typeof enOfRecording &
  Pick<Strings, "paused" | "showPaused" | "record" | "records" | "youRecord" | "startsRecording" | "stopsRecording">;

export const deOfRecording: Words = {
  paused: "Pausiert: Dieses Gerät kann nicht alle zeigen. Drück, um es zu sehen.",
  showPaused: (stream) => `${stream}: pausiert, da dieses Gerät nicht alle zeigen kann. Zeigen`,
  record: "Aufnehmen",
  records: "nimmt auf",
  youRecord: "Du nimmst auf",
  startsRecording: (name) => `${name} nimmt auf`,
  stopsRecording: (name) => `${name} nimmt nicht mehr auf`,
  recordIntro:
    "Was du hier siehst und hörst, kommt in eine Datei auf diesem Gerät, auch dein Mikrofon, wenn es an ist. Alle erfahren davon, deren App es zeigt. Frag trotzdem vorher.",
  cannotBeTold: (names: string) => `Nicht zu benachrichtigen, sag es selbst: ${names}`,
  startRecording: "Aufnahme starten",
  stopRecording: "Aufnahme beenden",
  recorded: (length: string, size: string) => `Aufgenommen: ${length}, ${size}`,
  recordingSaved: "Die Aufnahme ist gespeichert",
  recordingFailed:
    "Die Aufnahme ist zu Ende: Die Datei lässt sich nicht weiter schreiben, vielleicht ist kein Platz mehr. Was vorher geschrieben wurde, bleibt.",
  recordingImpossible: "Dieser Browser kann hier gerade nicht aufnehmen.",
};
