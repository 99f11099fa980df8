// SPDX-License-Identifier: AGPL-3.0-only
/** The page's words in French. Spaces before high punctuation and inside guillemets do not break. */

import { counting } from "./counting.ts";
import { frOfTrial } from "./fr-trial.ts";
import { frOfWays } from "./fr-ways.ts";
import { frOfPeople } from "./fr-people.ts";
import { frOfRecording } from "./fr-recording.ts";
import type { Strings } from "./en.ts";

const many = counting("fr");

export const fr: Strings = {
  // Controls
  controls: "Commandes",
  leave: "Quitter",
  chat: "Discussion",
  settings: "Paramètres",
  knownRooms: "Salons connus",
  microphone: "Micro",
  camera: "Caméra",
  screen: "Écran",
  file: "Fichier",
  react: "Réagir",
  handUp: "main levée",
  raiseHand: "Lever la main",
  lowerHand: "Baisser la main",
  raisesHand: (name) => `${name} lève la main`,
  ownHandUp: "Votre main est levée",
  ownHandDown: "Votre main est baissée",
  reacts: (name, reaction) => `${name} réagit : ${reaction}`,
  youReact: (reaction) => `Vous réagissez : ${reaction}`,
  reactions: {
    yes: "pouce levé",
    no: "pouce baissé",
    applause: "applaudissements",
    heart: "cœur",
    laugh: "rire",
    surprise: "étonnement",
  },
  close: "Fermer",

  // Streams
  stopSharing: "Ne plus partager",
  mute: "Couper le micro",
  unmute: "Réactiver le micro",
  mutedNow: "Votre micro est coupé",
  unmutedNow: "Votre micro est activé",
  noMicrophone: "Vous ne partagez aucun micro",
  nobodySees: "Personne n’est là pour le voir",
  nobodyToRecord: "Il n’y a personne à enregistrer",
  talksMuted: "Personne ne vous entend : votre micro est coupé.",
  sharedCount: (count) => many(count, { one: "# en partage", other: "# en partage" }),
  enable: (label) => `Activer « ${label} »`,
  disable: "Désactiver",
  streamOf: (label, owner) => `${label} chez ${owner}`,
  starting: "démarrage…",
  muted: "micro coupé",
  silenced: "coupé par l’appareil ou le système",
  unnamedStream: "Flux",
  pin: "Épingler",
  fullScreen: "Plein écran",
  pictureInPicture: "Image dans l’image",
  preview: (stream) => `Aperçu : ${stream}`,

  // People
  people: "Personnes",
  inRoom: "Dans le salon",
  quoted: (text) => `« ${text} »`,
  you: (name) => `${name} (vous)`,
  youMark: "vous",
  changeName: "Changer votre nom",
  sameName: (number) => `Numéro ${number} de ceux dont les noms se ressemblent`,
  unnamed: "personne sans nom",
  speaking: "parle",
  volumeOf: (name: string) => `Volume pour ${name}`,
  alone: "Il n’y a encore personne d’autre ici. Partagez l’adresse de cette page : qui la possède peut entrer.",

  // Connection states
  joining: "entrée en cours…",
  online: "connecté",
  unconnected: "rien n’est encore partagé",
  unasked: "pas encore connecté",
  serverIsBack: "De nouveau connecté au serveur.",
  connecting: "connexion…",
  connected: "connecté",
  ways: {
    direct: "connecté, en direct",
    nat: "connecté à travers un NAT",
    relay: "connecté, par le relais de l’autre côté",
    "relay-udp": "connecté, par un relais (UDP)",
    "relay-tcp": "connecté, par un relais (TCP)",
    "relay-tls": "connecté, par un relais (TLS)",
  },
  reconnecting: "reconnexion…",
  failed: "échec de la connexion",
  badWay: {
    own: "Mauvaise connexion de votre côté",
    other: "Mauvaise connexion de l’autre côté",
    between: "Mauvaise connexion entre vous deux",
  },
  failedAdvice:
    "Un pare-feu ou un réseau intermédiaire empêche toute connexion directe. Un autre réseau peut aider, ou un serveur TURN dans la configuration du serveur. En attendant, les essais continuent.",

  // Announcements
  joined: (name) => `${name} a rejoint le salon`,
  left: (name) => `${name} a quitté le salon`,
  renamed: (before, name) => `${before} s’appelle maintenant ${name}`,
  shared: (label) => `Vous partagez : ${label}`,
  notShared: (label) => `Fin du partage : ${label}`,
  offers: (name, label) => `${name} propose : ${label}`,
  lostServer: "Reconnexion au serveur…",
  callGoesOn: "Votre appel continue.",
  serverSays: (reason) => `Le serveur a fermé la connexion : ${reason}.`,

  // Notices
  dismiss: "Ignorer",
  hearEveryone: "Touchez pour entendre tout le monde",
  guessable:
    "Le secret de ce salon peut être deviné, et qui le devine peut entrer et écouter. Créez depuis la page d’accueil un salon où cela n’est pas possible.",
  seenByServer:
    "L’ancien lien qui vous a amené ici a révélé au serveur le secret de ce salon : il pourrait donc écouter. Créez un nouveau salon et partagez son adresse.",
  badAddress:
    "Le texte après # dans l’adresse de cette page n’est pas un salon valide : il contient une séquence % incorrecte. Vérifiez le lien.",
  noAddress: "L’adresse de la page n’indique aucun salon.",
  cutLink:
    "Le lien ou le secret du salon n’est pas complet : il lui manque des caractères aléatoires, ou il en a trop. Copiez-le encore une fois.",
  enterAllTheSame: "Entrer quand même",
  toStart: "Aller à la page d’accueil",
  insecure: "Cette page ne peut pas chiffrer : ouvrez-la en https, ou sur la machine qui héberge le serveur.",
  unreachable: "Le serveur ne répond pas. Nouvel essai…",
  notReached: "Le serveur ne répond pas. Réessayez dans un instant.",
  youLeft: "Vous avez quitté le salon.",
  joinAgain: "Revenir",
  wrongSetting: (key) => `Le lien donne à « ${key} » une valeur qui ne convient pas ; elle est ignorée.`,
  linkAsks: {
    microphone: "Ce lien demande d’activer votre micro. Vous seul pouvez le faire :",
    camera: "Ce lien demande d’activer votre caméra. Vous seul pouvez le faire :",
    screen: "Ce lien demande de partager votre écran. Vous seul pouvez le faire :",
  },
  settingsAsk: "Selon vos paramètres, un écran est partagé au démarrage. Les navigateurs exigent pour cela un clic :",
  somebody: "Quelqu’un qui arrive",
  warned: {
    unproven: (name) =>
      `${name} ne peut pas prouver son identité, et n’entend rien de vous tant que ce n’est pas fait.`,
    missed: (name) =>
      `Quelque chose que ${name} a dit s’est perdu ou a été retenu en chemin. Cela a été redemandé ; si cela continue, le serveur n’est peut-être pas honnête.`,
  },
  changedName: (name, known) =>
    `${name} a une autre clé que ${known} que vous connaissez, ou aucune. C’est peut-être un nouvel appareil, ou quelqu’un d’autre : demandez par un autre moyen avant de faire confiance.`,
  nothingKept:
    "Ce navigateur ne peut pas tout conserver pour la prochaine fois : votre clé ne vaut que pour cette visite, ou les personnes que vous connaissez ne peuvent être ni chargées ni conservées.",
  peopleNotKept: "Ce que vous savez des personnes n’a pas pu être conservé : cela vaut pour cette visite.",
  contradicts: (name, names) =>
    `${name} porte deux noms, chacun pour d’autres personnes, et a signé les deux : ${names}.`,
  withheld: (name, witness) =>
    `${witness} entend ${name}, et rien n’en arrive ici. Le serveur le retient peut-être, ou ${witness} ne dit pas la vérité.`,
  unheard: (name) =>
    `Le serveur n’a rien apporté de ${name} depuis plusieurs minutes, alors que la connexion directe tient. Il retient peut-être ses messages, ou l’appareil de ${name} n’arrive pas à le joindre ou ne répond plus.`,
  hidden: (name, witness) =>
    `${witness} parle à ${name}, qui n’apparaît pas ici. Le serveur le cache peut-être, ou ${witness} ne dit pas la vérité.`,
  acceptOnce: "Accepter pour l’instant",
  tooLarge: "Ce message est plus grand que ce que le serveur accepte ; il n’a pas été envoyé.",
  imageRefused:
    "Ce n’est pas une image, ou elle ne peut pas être assez réduite pour un message. Proposez-la plutôt comme fichier.",
  inMemory:
    "Ce navigateur ne peut garder le téléchargement qu’en mémoire jusqu’à ce qu’il soit complet : les gros fichiers risquent d’échouer.",
  leaveDownload: "Un téléchargement est en cours : il sera interrompu si vous partez.",
  leaveAllTheSame: "Quitter quand même",
  noSink: "Le téléchargement n’a pas pu commencer : ce navigateur n’a pas de place pour lui.",
  useInstead: (device: string) => `Utiliser ${device}`,
  unnamedDevice: (number: number) => `Appareil ${number}`,
  flipCamera: "Changer de caméra",
  movePicture: (corner) => `Déplacer votre image : ${corner}`,
  corners: {
    "top-left": "en haut à gauche",
    "top-right": "en haut à droite",
    "bottom-right": "en bas à droite",
    "bottom-left": "en bas à gauche",
  },
  speakerGone: (device) => `${device} n’est plus là : jusqu’à son retour, le son sort d’un autre haut-parleur.`,
  tryAgain: "Réessayer",
  captureEnded: (label) => `${label} : c’est terminé. L’appareil n’est plus là, ou le navigateur l’a arrêté.`,
  capture: {
    microphone: {
      refused:
        "Le micro a été refusé. Autorisez-le pour cette page dans la barre d’adresse du navigateur, puis appuyez de nouveau sur Micro.",
      "no-device": "Aucun micro n’a été trouvé. Branchez-en un, puis appuyez de nouveau sur Micro.",
      busy: "Le micro n’a pas pu démarrer : un autre programme l’utilise peut-être.",
      unavailable: "Ce navigateur ne donne pas de micro à la page.",
    },
    camera: {
      refused:
        "La caméra a été refusée. Autorisez-la pour cette page dans la barre d’adresse du navigateur, puis appuyez de nouveau sur Caméra.",
      "no-device": "Aucune caméra n’a été trouvée. Branchez-en une, puis appuyez de nouveau sur Caméra.",
      busy: "La caméra n’a pas pu démarrer : un autre programme l’utilise peut-être.",
      unavailable: "Ce navigateur ne donne pas de caméra à la page.",
    },
    screen: {
      refused: "Le partage de l’écran a été refusé ou annulé.",
      "no-device": "Il n’y a pas d’écran à partager.",
      busy: "L’écran n’a pas pu être capturé.",
      unavailable: "Ce navigateur ne peut pas partager d’écran.",
    },
  },

  // Files
  download: "Télécharger",
  abort: "Annuler",
  tooMany: {
    track: (name) => `${name} propose plus de flux qu’il n’y a de place. Le reste n’est pas affiché ici.`,
    file: (name) => `${name} propose plus de fichiers qu’il n’y a de place. Le reste n’est pas affiché ici.`,
  },
  tooManyOwn: {
    track: "Vous partagez autant de flux que les autres ont de place. Le reste n’est pas partagé.",
    file: "Vous proposez autant de fichiers que les autres ont de place. Le reste n’est pas proposé.",
  },
  stalled: "rien ne passe",
  waiting: "en attente…",
  sendingTo: (name) => `pour ${name}`,
  transferEnded: {
    of: (file, end) => `${file} : ${end}`,
    in: {
      whole: "Téléchargement terminé.",
      unknown:
        "Un téléchargement est terminé. Sa taille n’était pas annoncée, personne ne peut donc dire s’il est complet.",
      "cut short":
        "Un téléchargement a été interrompu : l’autre côté s’est arrêté, ou la connexion a été perdue. Aucun fichier incomplet n’a été enregistré comme complet.",
      "too long":
        "Un téléchargement a été arrêté : il en arrivait plus que ce qui était annoncé. Il n’a pas été enregistré.",
      "wrong hash": "Un téléchargement a été abîmé en route et n’a pas été enregistré.",
      "no hash": "Un téléchargement est arrivé sans l’empreinte promise et n’a pas été enregistré.",
      cancelled: "Téléchargement annulé.",
      broken: "Un téléchargement a échoué : impossible de l’enregistrer.",
    },
    out: {
      whole: "Un fichier est bien arrivé.",
      unconfirmed: "Un fichier a été envoyé en entier. Le programme de l’autre côté ne dit pas s’il l’a enregistré.",
      "cut short": "L’envoi d’un fichier a été interrompu : l’autre côté s’est arrêté, ou la connexion a été perdue.",
      broken: "L’envoi d’un fichier a échoué : impossible de le lire.",
    },
  },
  remaining: (time) => `encore ${time}`,

  // Chat
  messages: "Fil des messages",
  message: "Votre message",
  send: "Envoyer",
  addImage: "Ajouter une image",
  anImage: "une image",
  imageOf: (name) => `Image envoyée par ${name}`,
  chatFrom: (name, text) => `${name} : ${text}`,
  emptyChat: "Rien ici pour l’instant. Qui arrive plus tard ne voit rien de ce qui s’est dit avant.",
  unread: (count) => many(count, { one: "# message non lu", other: "# messages non lus" }),
  textTooLong: "C’est trop long pour la discussion et n’a pas été envoyé. Partagez-le comme fichier.",
  unsent: "pas encore envoyé",
  uncertain: "Ce n’est peut-être pas arrivé : la connexion au serveur a été perdue.",
  badImage: "(une image d’un type qui n’est pas affiché)",
  showImage: "Afficher l’image",
  imageWaits: "Elle est grande, ou il y en a beaucoup : elle est dessinée à la demande.",

  // Settings
  groups: {
    you: "Vous",
    streams: "Flux",
    sound: "Son",
    picture: "Image",
    notifications: "Notifications",
    keys: "Touches et diagnostic",
  },
  settingNames: {
    username: "Votre nom",
    language: "Langue",
    theme: "Thème",
    identity_scope: "Les autres vous reconnaissent",
    hide_address: "Cacher mon adresse",
    microphone_enabled: "Partager un micro au démarrage",
    screencast_enabled: "Partager un écran au démarrage",
    camera_enabled: "Partager une caméra au démarrage",
    optional_audio_default_enable: "Activer d’office le son des autres",
    optional_video_default_enable: "Activer d’office l’image des autres",
    enable_onbeforeunload: "Confirmer le départ pendant un partage",
    microphone_device: "Micro",
    speaker_device: "Haut-parleur",
    camera_device: "Caméra",
    rnnoise: "Réduction du bruit (RNNoise)",
    native_noise_suppression: "Réduction du bruit du navigateur",
    microphone_gain: "Gain du micro",
    auto_gain_control: "Contrôle automatique du gain",
    echo_cancellation: "Annulation de l’écho",
    audio_activity_threshold: "Volume qui compte comme parole",
    screencast_audio: "Partager aussi le son d’un écran",
    video_fps: "Images par seconde",
    video_resolution: "Largeur des images",
    video_upload_limit: "Débit montant pour les images (kbit/s)",
    camera_facing_mode: "Caméra d’un téléphone",
    send_previews: "Envoyer des aperçus de mes vidéos",
    preview_resolution: "Taille des aperçus (pixels)",
    preview_rate: "Secondes entre deux aperçus",
    preview_encoding_quality: "Qualité des aperçus (de 1 à 100)",
    image_view_popup: "Ouvrir les images dans leur propre fenêtre",
    notify_chat: "M’avertir des messages",
    notify_join: "M’avertir des arrivées",
    notify_leave: "M’avertir des départs",
    letter_keys: "Lettres comme raccourcis",
    push_to_talk: "Appuyer pour parler : maintenir Espace",
    webrtc_debug: "Afficher les statistiques des connexions",
    show_log: "Afficher le journal dans chaque salon",
  },
  choices: {
    everywhere: "partout",
    room: "dans chaque salon séparément",
    visit: "pendant une visite seulement",
    environment: "arrière",
    user: "avant",
    dark: "sombre",
    light: "clair",
  },
  chosenBefore: "choix précédent",
  browserChoice: "automatique",
  systemChoice: "comme le système",
  on: "oui",
  off: "non",
  reset: "Réinitialiser",
  resetAll: "Réinitialiser tous les paramètres",
  resetAllSurely: "Vraiment réinitialiser tous les paramètres ?",
  resetOf: (name) => `Réinitialiser « ${name} »`,
  allowNotifications: "Autoriser les notifications",
  showKeys: "Touches",
  showLog: "Journal",

  // Known rooms
  roomsIntro:
    "Les salons que vous connaissez, et combien de personnes s’y trouvent. Ils sont gardés dans ce navigateur.",
  members: (count) => many(count, { one: "# personne", other: "# personnes" }),
  empty: "vide",
  secretOrLink: "Secret ou lien",
  name: "Nom",
  add: "Ajouter",
  addCurrent: "Ajouter ce salon",
  moveUp: "Monter",
  moveDown: "Descendre",
  remove: "Retirer",
  noRoomWatches: "Ce serveur ne compte pas les personnes dans les salons connus.",

  // Invite
  invite: "Inviter",
  inviteIntro: "Qui possède ce lien peut entrer. Envoyez-le par un moyen auquel vous faites confiance.",
  link: "Lien",
  copyLink: "Copier le lien",
  copied: "Copié",
  shareLink: "Partager…",
  qrCode: "Code QR du lien",

  // Log and keys
  log: "Journal",
  logIntro:
    "Ce qui s’est passé ici, pour signaler un problème. Il ne contient ni secrets, ni noms, ni messages ; le texte est en anglais.",
  copyLog: "Copier le journal",
  keys: "Touches",
  keyList: [
    ["Ctrl+Entrée", "ouvrir ou fermer la discussion"],
    ["M, R", "ajouter un micro"],
    ["Ctrl+D", "couper et réactiver vos micros"],
    ["C", "ajouter une caméra"],
    ["S", "partager un écran"],
    ["P", "épingler une image après l’autre, puis aucune"],
    ["F", "afficher l’image épinglée en plein écran"],
    ["E", "ouvrir ou fermer le panneau pour enregistrer"],
    ["Ctrl+C", "arrêter tous les flux (si rien n’est sélectionné)"],
    ["Ctrl+V", "envoyer une image dans la discussion"],
    ["Espace", "parler tant qu’elle est maintenue (avec appuyer pour parler)"],
    ["Échap", "fermer un panneau"],
    ["?", "afficher ces touches"],
  ],
  statistics: "Statistiques",
  unreadable: "Une partie de ce qui a été déposé n’a pas pu être lue et n’est pas proposée.",

  // Footer
  license: "Licence",
  sourceCode: "Code source",
  documentation: "Mode d’emploi",

  // Start page
  tagline: "Retrouvez-vous en privé. Partagez un lien, parlez de pair à pair ; le serveur ne peut pas écouter.",
  roomName: "Nom du salon",
  joinRoom: "Entrer dans le salon",
  roomHint:
    "Le lien reçoit un secret aléatoire. Qui possède le lien peut entrer ; personne d’autre, pas même le serveur, ne peut écouter.",
  noQuestionMark: "Le nom d’un salon ne peut pas contenir de point d’interrogation.",

  ...frOfTrial,
  ...frOfWays,
  ...frOfPeople,
  ...frOfRecording,
};
