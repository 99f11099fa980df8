// SPDX-License-Identifier: AGPL-3.0-only
/** The page's words in German. */

import { counting } from "./counting.ts";
import { deOfTrial } from "./de-trial.ts";
import { deOfWays } from "./de-ways.ts";
import { deOfPeople } from "./de-people.ts";
import { deOfRecording } from "./de-recording.ts";
import type { Strings } from "./en.ts";

const many = counting("de");

export const de: Strings = {
  // Controls
  controls: "Steuerung",
  leave: "Verlassen",
  chat: "Chat",
  settings: "Einstellungen",
  knownRooms: "Bekannte Räume",
  microphone: "Mikrofon",
  camera: "Kamera",
  screen: "Bildschirm",
  file: "Datei",
  react: "Reagieren",
  handUp: "Hand gehoben",
  raiseHand: "Hand heben",
  lowerHand: "Hand senken",
  raisesHand: (name) => `${name} hebt die Hand`,
  ownHandUp: "Deine Hand ist gehoben",
  ownHandDown: "Deine Hand ist unten",
  reacts: (name, reaction) => `${name} reagiert: ${reaction}`,
  youReact: (reaction) => `Du reagierst: ${reaction}`,
  reactions: {
    yes: "Daumen hoch",
    no: "Daumen runter",
    applause: "Applaus",
    heart: "Herz",
    laugh: "Lachen",
    surprise: "Staunen",
  },
  close: "Schließen",

  // Streams
  stopSharing: "Nicht mehr teilen",
  mute: "Stummschalten",
  unmute: "Stummschaltung aufheben",
  mutedNow: "Dein Mikrofon ist stumm",
  unmutedNow: "Dein Mikrofon ist an",
  noMicrophone: "Du teilst kein Mikrofon",
  nobodySees: "Niemand ist da, der es sähe",
  nobodyToRecord: "Niemand ist da, den du aufnehmen könntest",
  talksMuted: "Niemand hört dich: Dein Mikrofon ist stumm.",
  sharedCount: (count) => many(count, { other: "# geteilt" }),
  enable: (label) => `„${label}“ einschalten`,
  disable: "Ausschalten",
  streamOf: (label, owner) => `${label} von ${owner}`,
  starting: "startet …",
  muted: "stumm",
  silenced: "stumm durch Gerät oder System",
  unnamedStream: "Übertragung",
  pin: "Anheften",
  fullScreen: "Vollbild",
  pictureInPicture: "Bild im Bild",
  preview: (stream) => `Vorschau: ${stream}`,

  // People
  people: "Personen",
  inRoom: "Im Raum",
  quoted: (text) => `„${text}“`,
  you: (name) => `${name} (du)`,
  youMark: "du",
  changeName: "Deinen Namen ändern",
  sameName: (number) => `Nummer ${number} von denen, deren Namen gleich aussehen`,
  unnamed: "Gast ohne Namen",
  speaking: "spricht",
  volumeOf: (name: string) => `Lautstärke von ${name}`,
  alone: "Außer dir ist noch niemand hier. Teile die Adresse dieser Seite: Wer sie hat, kann dazukommen.",

  // Connection states
  joining: "tritt bei …",
  online: "verbunden",
  unconnected: "noch nichts geteilt",
  unasked: "noch nicht verbunden",
  serverIsBack: "Wieder mit dem Server verbunden.",
  connecting: "verbindet …",
  connected: "verbunden",
  ways: {
    direct: "verbunden, direkt",
    nat: "verbunden durch NAT",
    relay: "verbunden, über den Vermittler der anderen Seite",
    "relay-udp": "verbunden, über einen Vermittler (UDP)",
    "relay-tcp": "verbunden, über einen Vermittler (TCP)",
    "relay-tls": "verbunden, über einen Vermittler (TLS)",
  },
  reconnecting: "verbindet neu …",
  failed: "Verbindung fehlgeschlagen",
  badWay: {
    own: "Schlechte Verbindung bei dir",
    other: "Schlechte Verbindung auf der anderen Seite",
    between: "Schlechte Verbindung zwischen euch beiden",
  },
  failedAdvice:
    "Eine Firewall oder ein Netz dazwischen lässt keine direkte Verbindung zu. Ein anderes Netz kann helfen, oder ein TURN-Server in der Konfiguration des Servers. Bis dahin wird es weiter versucht.",

  // Announcements
  joined: (name) => `${name} ist da`,
  left: (name) => `${name} ist gegangen`,
  renamed: (before, name) => `${before} heißt jetzt ${name}`,
  shared: (label) => `Du teilst jetzt: ${label}`,
  notShared: (label) => `Nicht mehr geteilt: ${label}`,
  offers: (name, label) => `${name} bietet an: ${label}`,
  lostServer: "Die Verbindung zum Server wird wiederhergestellt …",
  callGoesOn: "Euer Gespräch geht weiter.",
  serverSays: (reason) => `Der Server hat die Verbindung beendet: ${reason}.`,

  // Notices
  dismiss: "Ausblenden",
  hearEveryone: "Tippe, um alle zu hören",
  guessable:
    "Das Geheimnis dieses Raums lässt sich erraten, und wer es errät, kann dazukommen und zuhören. Auf der Startseite bekommst du einen Raum, bei dem das nicht geht.",
  seenByServer:
    "Der alte Link, der dich hierher gebracht hat, hat dem Server das Geheimnis dieses Raums verraten; er könnte also zuhören. Mach einen neuen Raum auf und teile dessen Adresse.",
  badAddress:
    "Der Text nach # in der Adresse dieser Seite ist kein gültiger Raum: Eine %-Folge darin ist kaputt. Prüfe den Link.",
  noAddress: "Die Adresse der Seite nennt keinen Raum.",
  cutLink:
    "Der Link oder das Geheimnis des Raums ist nicht vollständig: Von den zufälligen Zeichen fehlen welche, oder es sind zu viele. Kopiere ihn noch einmal.",
  enterAllTheSame: "Trotzdem betreten",
  toStart: "Zur Startseite",
  insecure:
    "Diese Seite kann nicht verschlüsseln: Öffne sie über https oder auf dem Rechner, auf dem der Server läuft.",
  unreachable: "Der Server antwortet nicht. Neuer Versuch …",
  notReached: "Der Server antwortet nicht. Versuch es gleich noch einmal.",
  youLeft: "Du hast den Raum verlassen.",
  joinAgain: "Wieder beitreten",
  wrongSetting: (key) => `Der Link setzt „${key}“ auf etwas, das nicht passt; das wird übergangen.`,
  linkAsks: {
    microphone: "Dieser Link möchte dein Mikrofon einschalten. Das kannst nur du:",
    camera: "Dieser Link möchte deine Kamera einschalten. Das kannst nur du:",
    screen: "Dieser Link möchte deinen Bildschirm teilen. Das kannst nur du:",
  },
  settingsAsk: "Nach deinen Einstellungen wird zu Beginn ein Bildschirm geteilt. Browser verlangen dafür einen Klick:",
  somebody: "Wer gerade hereinkommt",
  warned: {
    unproven: (name) => `${name} kann nicht beweisen, wer es ist, und hört nichts von dir, bis das gelingt.`,
    missed: (name) =>
      `Etwas, das ${name} sagte, ging unterwegs verloren oder wurde zurückgehalten. Es wurde noch einmal erbeten; wenn das so weitergeht, ist der Server vielleicht nicht ehrlich.`,
  },
  changedName: (name, known) =>
    `${name} hat einen anderen Schlüssel als der Mensch, den du als ${known} kennst, oder keinen. Das kann ein neues Gerät sein oder jemand anderes: Frag auf einem anderen Weg nach, bevor du vertraust.`,
  nothingKept:
    "Dieser Browser kann nicht alles für das nächste Mal aufbewahren: Dein Schlüssel gilt nur für diesen Besuch, oder die Personen, die du kennst, lassen sich nicht laden und speichern.",
  peopleNotKept: "Was du über Personen weißt, konnte nicht gespeichert werden: Es gilt für diesen Besuch.",
  contradicts: (name, names) =>
    `${name} benutzt zwei Namen, jeden für andere Leute, und hat beide unterschrieben: ${names}.`,
  withheld: (name, witness) =>
    `${witness} hört ${name}, und hier kommt nichts davon an. Vielleicht hält der Server es zurück, oder ${witness} sagt nicht die Wahrheit.`,
  unheard: (name) =>
    `Der Server hat seit Minuten nichts von ${name} gebracht, obwohl ihr direkt verbunden seid. Vielleicht hält er Nachrichten zurück, oder das Gerät von ${name} erreicht ihn nicht oder hängt.`,
  hidden: (name, witness) =>
    `${witness} spricht mit ${name}, doch ${name} ist hier nicht zu sehen. Vielleicht verbirgt der Server diese Person, oder ${witness} sagt nicht die Wahrheit.`,
  acceptOnce: "Vorerst annehmen",
  tooLarge: "Diese Nachricht ist größer, als der Server erlaubt, und wurde nicht gesendet.",
  imageRefused:
    "Das ist kein Bild, oder keines, das sich für eine Nachricht genug verkleinern lässt. Biete es stattdessen als Datei an.",
  inMemory:
    "Dieser Browser kann den Download nur im Arbeitsspeicher halten, bis er vollständig ist: Große Dateien können scheitern.",
  leaveDownload: "Ein Download läuft noch und bricht ab, wenn du gehst.",
  leaveAllTheSame: "Trotzdem verlassen",
  noSink: "Der Download konnte nicht beginnen: Dieser Browser hat keinen Platz dafür.",
  useInstead: (device: string) => `${device} benutzen`,
  unnamedDevice: (number: number) => `Gerät ${number}`,
  flipCamera: "Kamera wechseln",
  movePicture: (corner) => `Eigenes Bild verschieben: ${corner}`,
  corners: {
    "top-left": "oben links",
    "top-right": "oben rechts",
    "bottom-right": "unten rechts",
    "bottom-left": "unten links",
  },
  speakerGone: (device) => `${device} ist weg: Bis zur Rückkehr kommt der Ton aus einem anderen Lautsprecher.`,
  tryAgain: "Noch einmal versuchen",
  captureEnded: (label) => `${label} ist beendet: Das Gerät ist weg, oder der Browser hat es abgeschaltet.`,
  capture: {
    microphone: {
      refused:
        "Das Mikrofon wurde verweigert. Erlaube es für diese Seite in der Adressleiste des Browsers und drücke noch einmal auf Mikrofon.",
      "no-device": "Es wurde kein Mikrofon gefunden. Schließe eines an und drücke noch einmal auf Mikrofon.",
      busy: "Das Mikrofon konnte nicht gestartet werden: Vielleicht benutzt es ein anderes Programm.",
      unavailable: "Dieser Browser gibt der Seite kein Mikrofon.",
    },
    camera: {
      refused:
        "Die Kamera wurde verweigert. Erlaube sie für diese Seite in der Adressleiste des Browsers und drücke noch einmal auf Kamera.",
      "no-device": "Es wurde keine Kamera gefunden. Schließe eine an und drücke noch einmal auf Kamera.",
      busy: "Die Kamera konnte nicht gestartet werden: Vielleicht benutzt sie ein anderes Programm.",
      unavailable: "Dieser Browser gibt der Seite keine Kamera.",
    },
    screen: {
      refused: "Das Teilen des Bildschirms wurde verweigert oder abgebrochen.",
      "no-device": "Es gibt keinen Bildschirm, der sich teilen ließe.",
      busy: "Der Bildschirm konnte nicht aufgenommen werden.",
      unavailable: "Dieser Browser kann keinen Bildschirm teilen.",
    },
  },

  // Files
  download: "Herunterladen",
  abort: "Abbrechen",
  tooMany: {
    track: (name) => `${name} bietet mehr Übertragungen an, als hier Platz ist. Der Rest wird nicht gezeigt.`,
    file: (name) => `${name} bietet mehr Dateien an, als hier Platz ist. Der Rest wird nicht gezeigt.`,
  },
  tooManyOwn: {
    track: "Du teilst so viel, wie bei den anderen Platz ist. Der Rest wird nicht geteilt.",
    file: "Du bietest so viele Dateien an, wie bei den anderen Platz ist. Der Rest wird nicht angeboten.",
  },
  stalled: "es kommt nichts durch",
  waiting: "wartet …",
  sendingTo: (name) => `an ${name}`,
  transferEnded: {
    of: (file, end) => `${file}: ${end}`,
    in: {
      whole: "Download abgeschlossen.",
      unknown:
        "Ein Download ist zu Ende. Seine Länge war nicht angekündigt, deshalb kann niemand sagen, ob er vollständig ist.",
      "cut short":
        "Ein Download brach ab: Die andere Seite hat aufgehört, oder die Verbindung ging verloren. Es wurde keine unvollständige Datei als vollständig gespeichert.",
      "too long": "Ein Download wurde gestoppt: Es kam mehr als angekündigt. Er wurde nicht gespeichert.",
      "wrong hash": "Ein Download wurde unterwegs beschädigt und nicht gespeichert.",
      "no hash": "Ein Download kam ohne die versprochene Prüfsumme und wurde nicht gespeichert.",
      cancelled: "Download abgebrochen.",
      broken: "Ein Download ist gescheitert: Er ließ sich nicht speichern.",
    },
    out: {
      whole: "Eine Datei ist angekommen.",
      unconfirmed:
        "Eine Datei wurde vollständig gesendet. Das Programm der anderen Seite sagt nicht, ob sie gespeichert wurde.",
      "cut short":
        "Das Senden einer Datei brach ab: Die andere Seite hat aufgehört, oder die Verbindung ging verloren.",
      broken: "Das Senden einer Datei ist gescheitert: Sie ließ sich nicht lesen.",
    },
  },
  remaining: (time) => `noch ${time}`,

  // Chat
  messages: "Nachrichten",
  message: "Nachricht",
  send: "Senden",
  addImage: "Bild hinzufügen",
  anImage: "ein Bild",
  imageOf: (name) => `Bild von ${name}`,
  chatFrom: (name, text) => `${name}: ${text}`,
  emptyChat: "Hier ist noch nichts. Wer später dazukommt, sieht nichts von dem, was vorher gesagt wurde.",
  unread: (count) => many(count, { one: "# ungelesene Nachricht", other: "# ungelesene Nachrichten" }),
  textTooLong: "Das ist zu lang für den Chat und wurde nicht gesendet. Es lässt sich als Datei teilen.",
  unsent: "noch nicht gesendet",
  uncertain: "Das ist vielleicht nicht angekommen: Die Verbindung zum Server war weg.",
  badImage: "(ein Bild von einer Art, die nicht angezeigt wird)",
  showImage: "Bild anzeigen",
  imageWaits: "Es ist groß, oder es sind viele: Es wird auf Wunsch gezeichnet.",

  // Settings
  groups: {
    you: "Du",
    streams: "Übertragungen",
    sound: "Ton",
    picture: "Bild",
    notifications: "Benachrichtigungen",
    keys: "Tasten und Diagnose",
  },
  settingNames: {
    username: "Dein Name",
    language: "Sprache",
    theme: "Farbschema",
    identity_scope: "Andere erkennen dich",
    hide_address: "Meine Adresse verbergen",
    microphone_enabled: "Zu Beginn ein Mikrofon teilen",
    screencast_enabled: "Zu Beginn einen Bildschirm teilen",
    camera_enabled: "Zu Beginn eine Kamera teilen",
    optional_audio_default_enable: "Den Ton anderer von selbst einschalten",
    optional_video_default_enable: "Die Bilder anderer von selbst einschalten",
    enable_onbeforeunload: "Beim Verlassen nachfragen, solange etwas geteilt wird",
    microphone_device: "Mikrofon",
    speaker_device: "Lautsprecher",
    camera_device: "Kamera",
    rnnoise: "Rauschunterdrückung (RNNoise)",
    native_noise_suppression: "Rauschunterdrückung des Browsers",
    microphone_gain: "Verstärkung des Mikrofons",
    auto_gain_control: "Automatische Aussteuerung",
    echo_cancellation: "Echounterdrückung",
    audio_activity_threshold: "Lautstärke, die als Sprechen gilt",
    screencast_audio: "Auch den Ton eines Bildschirms teilen",
    video_fps: "Bilder pro Sekunde",
    video_resolution: "Breite der Bilder",
    video_upload_limit: "Upload für Bilder (kbit/s)",
    camera_facing_mode: "Kamera eines Handys",
    send_previews: "Vorschaubilder meiner Videos senden",
    preview_resolution: "Größe der Vorschaubilder (Pixel)",
    preview_rate: "Sekunden zwischen Vorschaubildern",
    preview_encoding_quality: "Güte der Vorschaubilder (1 bis 100)",
    image_view_popup: "Bilder in einem eigenen Fenster öffnen",
    notify_chat: "Bei Nachrichten im Chat",
    notify_join: "Wenn jemand dazukommt",
    notify_leave: "Wenn jemand geht",
    letter_keys: "Buchstaben als Tastenkürzel",
    push_to_talk: "Sprechtaste: Leertaste halten",
    webrtc_debug: "Statistik der Verbindungen anzeigen",
    show_log: "Das Protokoll in jedem Raum zeigen",
  },
  choices: {
    everywhere: "überall",
    room: "in jedem Raum für sich",
    visit: "nur während eines Besuchs",
    environment: "Rückseite",
    user: "Vorderseite",
    dark: "dunkel",
    light: "hell",
  },
  chosenBefore: "früher gewählt",
  browserChoice: "automatisch",
  systemChoice: "wie im System",
  on: "an",
  off: "aus",
  reset: "Zurücksetzen",
  resetAll: "Alle Einstellungen zurücksetzen",
  resetAllSurely: "Wirklich alle Einstellungen zurücksetzen?",
  resetOf: (name) => `„${name}“ zurücksetzen`,
  allowNotifications: "Benachrichtigungen erlauben",
  showKeys: "Tasten",
  showLog: "Protokoll",

  // Known rooms
  roomsIntro: "Räume, die du kennst, und wie viele Personen darin sind. Nur dieser Browser merkt sie sich.",
  members: (count) => many(count, { one: "# Person", other: "# Personen" }),
  empty: "leer",
  secretOrLink: "Geheimnis oder Link",
  name: "Bezeichnung",
  add: "Hinzufügen",
  addCurrent: "Diesen Raum hinzufügen",
  moveUp: "Nach oben",
  moveDown: "Nach unten",
  remove: "Entfernen",
  noRoomWatches: "Dieser Server zählt nicht, wer in bekannten Räumen ist.",

  // Invite
  invite: "Einladen",
  inviteIntro: "Wer diesen Link hat, kann dazukommen. Schick ihn auf einem Weg, dem du vertraust.",
  link: "Link",
  copyLink: "Link kopieren",
  copied: "Kopiert",
  shareLink: "Teilen …",
  qrCode: "QR-Code des Links",

  // Log and keys
  log: "Protokoll",
  logIntro:
    "Was hier geschehen ist, für Fehlerberichte. Geheimnisse, Namen und Nachrichten stehen nicht darin; der Text ist englisch.",
  copyLog: "Protokoll kopieren",
  keys: "Tasten",
  keyList: [
    ["Strg+Eingabe", "Chat öffnen oder schließen"],
    ["M, R", "ein Mikrofon hinzufügen"],
    ["Strg+D", "deine Mikrofone stummschalten und wieder einschalten"],
    ["C", "eine Kamera hinzufügen"],
    ["S", "einen Bildschirm teilen"],
    ["P", "ein Bild nach dem anderen anheften, dann keines"],
    ["F", "das angeheftete Bild im Vollbild zeigen"],
    ["E", "das Fenster zum Aufnehmen öffnen oder schließen"],
    ["Strg+C", "alle Übertragungen beenden (wenn nichts markiert ist)"],
    ["Strg+V", "ein Bild in den Chat senden"],
    ["Leertaste", "sprechen, solange sie gehalten wird (mit Sprechtaste)"],
    ["Esc", "ein Fenster schließen"],
    ["?", "diese Tasten anzeigen"],
  ],
  statistics: "Statistik",
  unreadable: "Etwas von dem, was hier abgelegt wurde, ließ sich nicht lesen und wird nicht angeboten.",

  // Footer
  license: "Lizenz",
  sourceCode: "Quelltext",
  documentation: "Anleitung",

  // Start page
  tagline: "Trefft euch vertraulich. Link teilen, direkt miteinander sprechen; der Server kann nicht zuhören.",
  roomName: "Name des Raums",
  joinRoom: "Raum betreten",
  roomHint:
    "Der Link bekommt ein zufälliges Geheimnis. Wer den Link hat, kann dazukommen; niemand sonst, auch nicht der Server, kann zuhören.",
  noQuestionMark: "Der Name eines Raums darf kein Fragezeichen enthalten.",

  ...deOfTrial,
  ...deOfWays,
  ...deOfPeople,
  ...deOfRecording,
};
