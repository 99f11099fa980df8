// SPDX-License-Identifier: AGPL-3.0-only
/** The words in Spanish for pictures that are paused, and for recordings. */

import type { enOfRecording } from "./en-recording.ts";
import type { Strings } from "./en.ts";

type Words = typeof enOfRecording &
  Pick<Strings, "paused" | "showPaused" | "record" | "records" | "youRecord" | "startsRecording" | "stopsRecording">;

export const esOfRecording: Words = {
  paused: "En pausa: este dispositivo no puede mostrarlo todo. Pulsa para verlo.",
  showPaused: (stream) => `${stream}: en pausa, pues este dispositivo no puede mostrarlo todo. Mostrar`,
  record: "Grabar",
  records: "está grabando",
  youRecord: "Estás grabando",
  startsRecording: (name) => `${name} está grabando`,
  stopsRecording: (name) => `${name} ya no graba`,
  recordIntro:
    "Lo que ves y oyes aquí va a un archivo en este dispositivo, también tu micrófono si está abierto. Se enteran todos aquellos cuya aplicación lo muestra. Pregunta antes de todos modos.",
  cannotBeTold: (names: string) => `No se les puede avisar, díselo tú: ${names}`,
  startRecording: "Empezar a grabar",
  stopRecording: "Dejar de grabar",
  recorded: (length: string, size: string) => `Grabado: ${length}, ${size}`,
  recordingSaved: "La grabación está guardada",
  recordingFailed:
    "La grabación ha terminado: no se puede seguir escribiendo el archivo, quizá no queda espacio. Lo escrito antes se conserva.",
  recordingImpossible: "Este navegador no puede grabar aquí ahora mismo.",
};
