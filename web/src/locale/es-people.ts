// SPDX-License-Identifier: AGPL-3.0-only
/** The words in Spanish for who people are. */

import { counting } from "./counting.ts";
import type { enOfIdentities } from "./en-people.ts";

const many = counting("es");

export const esOfPeople: typeof enOfIdentities = {
  marks: { verified: "conocido", known: "conocido", new: "nuevo", "no key": "sin clave", changed: "distinto" },
  verifiedMark: "conocido, verificado",
  markMeanings: {
    verified: "Conoces a esta persona y has comparado los números.",
    known: "Ya te has encontrado con esta clave.",
    new: "Te encuentras con esta clave por primera vez.",
    "no key":
      "Esta aplicación no tiene clave: nadie puede saber quién es. Mientras esté aquí, quien consiga el enlace puede leer lo que dices a todos.",
    changed:
      "Algo difiere de lo que conoces con este nombre: otra clave, ninguna, o una aplicación que protege menos que antes.",
  },
  protectsLess: (name) =>
    `La aplicación de ${name} protege menos que antes. Puede ser una versión antigua, o una trampa: pregunta por otra vía antes de confiar.`,
  peopleIntro: "A quien encuentras se le recuerda por su clave, solo en este navegador.",
  scopes: {
    everywhere: "Los demás te reconocen en todas las salas, por una clave que guarda este navegador.",
    room: "Los demás te reconocen en esta sala, por una clave propia de ella.",
    visit: "Los demás te reconocen solo durante esta visita.",
  },
  ownKey: "Tu clave",
  hereNow: "Ahora aquí",
  knownPeople: "Personas que conoces",
  nobodyElse: "No hay nadie más aquí.",
  callsThemselves: (name) => `Se llama a sí mismo ${name}.`,
  metOn: (day) => `Primer encuentro: ${day}.`,
  seen: (first, last) => `Primer encuentro: ${first}; última vez: ${last}.`,
  compareNumbers: "Comparar números",
  numberIntro: (name) =>
    `Compara este número con ${name}, mejor en voz alta: si no hay nadie en medio, ambos veis el mismo.`,
  safetyNumber: "Número de seguridad",
  qrOfNumber: "Código QR del número",
  theyMatch: "Son iguales",
  theyDiffer: "Son distintos",
  notNow: "Ahora no",
  isVerified: (name) => `${name} queda verificado.`,
  numbersDiffer: (name) =>
    `Puede que alguien esté entre tú y ${name}, o use su nombre. No digas aquí nada importante; pregunta por otra vía qué número ve, y reuníos en una sala nueva.`,
  compareCode: "Comparar un código con todos",
  roomCode: "Código de la sala",
  codeStarted: (name) => `${name} crea un código para que todos lo comparen.`,
  codeWaiting: (names) => `Creando un código con ${names}…`,
  codeSay: (names) => `Decid este código en voz alta. ¿Es el mismo para ${names}?`,
  anotherCode: "Otro código ha sustituido al anterior: comparad este.",
  codeCoversNot: (names) => `Fuera del código: ${names}.`,
  codeMatched: (names) => `Verificado: ${names}.`,
  codesDiffer:
    "Los códigos difieren: puede que alguien esté entre vosotros, y oiga y cambie lo que decís. No digas aquí nada importante; reuníos en una sala nueva y comparad otra vez.",
  codeInterrupted: "Sin código: alguien salió, cambió de nombre o lo detuvo, o nadie aquí puede crear uno.",
  codeUnlike: (name) => `Sin código: ${name} dice que aún no todos ven a las mismas personas. Inténtalo luego.`,
  codeSilent: (names) => `Sin código: no hay respuesta de ${names}.`,
  codeSpoiled: (names) => `Sin código: ${names} no cumplió las reglas.`,
  codeSaidSpoiled: (name) => `Sin código: ${name} dice que alguien no cumplió las reglas.`,
  nameHere: "Nombre que le das",
  save: "Guardar",
  nameTaken: "Otra persona ya se llama así aquí.",
  forget: "Olvidar",
  forgetSurely: "¿Olvidar de verdad?",
  exportPeople: "Exportar personas",
  importPeople: "Importar personas",
  peopleFileHint:
    "Un archivo con las personas que conoces, para otro navegador tuyo. Una frase de contraseña lo cierra. Tu propia clave se queda aquí: otro navegador tiene otra.",
  passphrase: "Frase de contraseña",
  passphraseShort:
    "Usa al menos 12 caracteres: quien consiga el archivo puede probar frases tan rápido como lo permita su máquina.",
  passphraseAgain: "Otra vez, para exportar",
  passphrasesDiffer: "Son dos frases distintas.",
  peopleExported: (count) => many(count, { one: "# persona exportada.", other: "# personas exportadas." }),
  tooManyPeople: "No se ha importado a nadie: en total serían más personas de las que se pueden guardar.",
  wrongPassphrase: "Esta frase no abre el archivo, o el archivo fue modificado.",
  noPeopleFile: "Este archivo no contiene personas.",
  peopleImported: (count) =>
    many(count, { one: "Importado: hay # persona en el archivo.", other: "Importado: hay # personas en el archivo." }),
};
