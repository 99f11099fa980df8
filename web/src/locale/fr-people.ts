// SPDX-License-Identifier: AGPL-3.0-only
/** The words in French for who people are. */

import { counting } from "./counting.ts";
import type { enOfIdentities } from "./en-people.ts";

const many = counting("fr");

export const frOfPeople: typeof enOfIdentities = {
  marks: { verified: "connu", known: "connu", new: "nouveau", "no key": "sans clé", changed: "différent" },
  verifiedMark: "connu, vérifié",
  markMeanings: {
    verified: "Vous connaissez cette personne et avez comparé les numéros.",
    known: "Vous avez déjà rencontré cette clé.",
    new: "Vous rencontrez cette clé pour la première fois.",
    "no key":
      "Cette application n’a pas de clé : personne ne peut dire qui c’est. Tant qu’elle est là, quiconque obtient le lien peut lire ce que vous dites à tous.",
    changed:
      "Quelque chose diffère de ce que vous connaissez sous ce nom : une autre clé, aucune, ou une application qui protège moins qu’avant.",
  },
  protectsLess: (name) =>
    `L’application de ${name} protège moins qu’avant. C’est peut-être une ancienne version, ou une ruse : demandez par une autre voie avant de lui faire confiance.`,
  peopleIntro: "Ceux que vous rencontrez sont reconnus à leur clé, dans ce navigateur seulement.",
  scopes: {
    everywhere: "Les autres vous reconnaissent dans tous les salons, à une clé que ce navigateur conserve.",
    room: "Les autres vous reconnaissent dans ce salon, à une clé qui lui est propre.",
    visit: "Les autres ne vous reconnaissent que pendant cette visite.",
  },
  ownKey: "Votre clé",
  hereNow: "Ici maintenant",
  knownPeople: "Personnes que vous connaissez",
  nobodyElse: "Personne d’autre n’est là.",
  callsThemselves: (name) => `Se fait appeler ${name}.`,
  metOn: (day) => `Rencontre le ${day}.`,
  seen: (first, last) => `Première rencontre le ${first}, vu la dernière fois le ${last}.`,
  compareNumbers: "Comparer les numéros",
  numberIntro: (name) =>
    `Comparez ce numéro avec ${name}, de préférence à voix haute : si personne n’est entre vous, vous voyez le même.`,
  safetyNumber: "Numéro de sécurité",
  qrOfNumber: "Code QR du numéro",
  theyMatch: "Ils sont identiques",
  theyDiffer: "Ils sont différents",
  notNow: "Pas maintenant",
  isVerified: (name) => `${name} est vérifié.`,
  numbersDiffer: (name) =>
    `Quelqu’un se trouve peut-être entre vous et ${name}, ou utilise son nom. Ne dites rien d’important ici ; demandez par un autre moyen quel numéro s’affiche, et retrouvez-vous dans un nouveau salon.`,
  compareCode: "Comparer un code avec tout le monde",
  roomCode: "Code du salon",
  codeStarted: (name) => `${name} crée un code à comparer entre tous.`,
  codeWaiting: (names) => `Création d’un code avec ${names}…`,
  codeSay: (names) => `Dites ce code à voix haute. Tout le monde a-t-il le même ? Il couvre ${names}.`,
  anotherCode: "Un autre code a pris la place du précédent : comparez celui-ci.",
  codeCoversNot: (names) => `Hors du code : ${names}.`,
  codeMatched: (names) => `Vérifié : ${names}.`,
  codesDiffer:
    "Les codes diffèrent : quelqu’un se trouve peut-être entre vous, entend et change ce que vous dites. Ne dites rien d’important ici ; retrouvez-vous dans un nouveau salon et comparez encore.",
  codeInterrupted:
    "Pas de code : quelqu’un est parti, a changé de nom ou l’a arrêté, ou personne ici ne peut en créer.",
  codeUnlike: (name) => `Pas de code : selon ${name}, tous ne voient pas encore les mêmes personnes. Réessayez.`,
  codeSilent: (names) => `Pas de code : aucune réponse de ${names}.`,
  codeSpoiled: (names) => `Pas de code : ${names} n’a pas suivi les règles.`,
  codeSaidSpoiled: (name) => `Pas de code : selon ${name}, quelqu’un n’a pas suivi les règles.`,
  nameHere: "Nom que vous lui donnez",
  save: "Enregistrer",
  nameTaken: "Quelqu’un d’autre porte ce nom ici.",
  forget: "Oublier",
  forgetSurely: "Vraiment oublier ?",
  exportPeople: "Exporter les personnes",
  importPeople: "Importer des personnes",
  peopleFileHint:
    "Un fichier avec les personnes que vous connaissez, pour un autre de vos navigateurs. Une phrase secrète le verrouille. Votre propre clé reste ici : un autre navigateur en a une autre.",
  passphrase: "Phrase secrète",
  passphraseShort:
    "Prenez au moins 12 caractères : qui obtient le fichier peut essayer des phrases aussi vite que sa machine le permet.",
  passphraseAgain: "Encore une fois, pour exporter",
  passphrasesDiffer: "Ce sont deux phrases différentes.",
  peopleExported: (count) => many(count, { one: "# personne exportée.", other: "# personnes exportées." }),
  tooManyPeople: "Personne n’a été importé : cela ferait plus de personnes qu’il n’est possible d’en conserver.",
  wrongPassphrase: "Cette phrase secrète n’ouvre pas le fichier, ou le fichier a été modifié.",
  noPeopleFile: "Ce fichier ne contient pas de personnes.",
  peopleImported: (count) =>
    many(count, {
      one: "Importé : # personne est dans le fichier.",
      other: "Importé : # personnes sont dans le fichier.",
    }),
};
