// SPDX-License-Identifier: AGPL-3.0-only
/** The page's words in Spanish. */

import { counting } from "./counting.ts";
import { esOfTrial } from "./es-trial.ts";
import { esOfWays } from "./es-ways.ts";
import { esOfPeople } from "./es-people.ts";
import { esOfRecording } from "./es-recording.ts";
import type { Strings } from "./en.ts";

const many = counting("es");

export const es: Strings = {
  // Controls
  controls: "Controles",
  leave: "Salir",
  chat: "Chat",
  settings: "Ajustes",
  knownRooms: "Salas conocidas",
  microphone: "Micrófono",
  camera: "Cámara",
  screen: "Pantalla",
  file: "Archivo",
  react: "Reaccionar",
  handUp: "mano levantada",
  raiseHand: "Levantar la mano",
  lowerHand: "Bajar la mano",
  raisesHand: (name) => `${name} levanta la mano`,
  ownHandUp: "Tu mano está levantada",
  ownHandDown: "Tu mano está bajada",
  reacts: (name, reaction) => `${name} reacciona: ${reaction}`,
  youReact: (reaction) => `Reaccionas: ${reaction}`,
  reactions: {
    yes: "pulgar arriba",
    no: "pulgar abajo",
    applause: "aplauso",
    heart: "corazón",
    laugh: "risa",
    surprise: "sorpresa",
  },
  close: "Cerrar",

  // Streams
  stopSharing: "Dejar de compartir",
  mute: "Silenciar micrófono",
  unmute: "Reactivar micrófono",
  mutedNow: "Tu micrófono está silenciado",
  unmutedNow: "Tu micrófono está activo",
  noMicrophone: "No compartes ningún micrófono",
  nobodySees: "No hay nadie que lo vea",
  nobodyToRecord: "No hay nadie a quien grabar",
  talksMuted: "Nadie te oye: tu micrófono está silenciado.",
  sharedCount: (count) => many(count, { one: "# compartido", other: "# compartidos" }),
  enable: (label) => `Activar «${label}»`,
  disable: "Desactivar",
  streamOf: (label, owner) => `${label} de ${owner}`,
  starting: "iniciando…",
  muted: "silenciado",
  silenced: "silenciado por el dispositivo o el sistema",
  unnamedStream: "Transmisión",
  pin: "Fijar",
  fullScreen: "Pantalla completa",
  pictureInPicture: "Imagen en imagen",
  preview: (stream) => `Vista previa: ${stream}`,

  // People
  people: "Personas",
  inRoom: "En la sala",
  quoted: (text) => `«${text}»`,
  you: (name) => `${name} (tú)`,
  youMark: "tú",
  changeName: "Cambiar tu nombre",
  sameName: (number) => `Número ${number} de quienes tienen un nombre de igual aspecto`,
  unnamed: "invitado sin nombre",
  speaking: "hablando",
  volumeOf: (name: string) => `Volumen de ${name}`,
  alone: "Todavía no hay nadie más. Comparte la dirección de esta página: quien la tenga podrá entrar.",

  // Connection states
  joining: "entrando…",
  online: "conectado",
  unconnected: "aún no hay nada compartido",
  unasked: "aún sin conexión",
  serverIsBack: "Conectado de nuevo con el servidor.",
  connecting: "conectando…",
  connected: "conectado",
  ways: {
    direct: "conectado, directo",
    nat: "conectado a través de NAT",
    relay: "conectado, por el repetidor del otro lado",
    "relay-udp": "conectado, por un repetidor (UDP)",
    "relay-tcp": "conectado, por un repetidor (TCP)",
    "relay-tls": "conectado, por un repetidor (TLS)",
  },
  reconnecting: "reconectando…",
  failed: "conexión fallida",
  badWay: {
    own: "Mala conexión de tu lado",
    other: "Mala conexión del otro lado",
    between: "Mala conexión entre ambos lados",
  },
  failedAdvice:
    "Un cortafuegos o una red intermedia impide la conexión directa. Quizá ayude otra red, o un servidor TURN en la configuración del servidor. Mientras tanto se sigue intentando.",

  // Announcements
  joined: (name) => `${name} ha entrado`,
  left: (name) => `${name} ha salido`,
  renamed: (before, name) => `${before} ahora se llama ${name}`,
  shared: (label) => `Ahora compartes: ${label}`,
  notShared: (label) => `Ya no se comparte: ${label}`,
  offers: (name, label) => `${name} ofrece: ${label}`,
  lostServer: "Reconectando con el servidor…",
  callGoesOn: "La llamada sigue.",
  serverSays: (reason) => `El servidor ha cerrado la conexión: ${reason}.`,

  // Notices
  dismiss: "Descartar",
  hearEveryone: "Toca para oír a todos",
  guessable:
    "El secreto de esta sala se puede adivinar, y quien lo adivine podrá entrar y escuchar. Crea en la página de inicio una sala con la que eso no ocurra.",
  seenByServer:
    "El enlace antiguo que te trajo aquí reveló al servidor el secreto de esta sala, así que podría escuchar. Crea una sala nueva y comparte su dirección.",
  badAddress:
    "El texto después de # en la dirección de esta página no es una sala válida: contiene una secuencia % incorrecta. Revisa el enlace.",
  noAddress: "La dirección de la página no indica ninguna sala.",
  cutLink:
    "El enlace o el secreto de la sala no está completo: le faltan o le sobran caracteres aleatorios. Cópialo otra vez.",
  enterAllTheSame: "Entrar de todos modos",
  toStart: "Ir a la página de inicio",
  insecure: "Esta página no puede cifrar: ábrela por https o en el mismo equipo en el que funciona el servidor.",
  unreachable: "El servidor no responde. Reintentando…",
  notReached: "El servidor no responde. Inténtalo de nuevo en un momento.",
  youLeft: "Has salido de la sala.",
  joinAgain: "Volver a entrar",
  wrongSetting: (key) => `El enlace da a «${key}» un valor que no es válido; se ignora.`,
  linkAsks: {
    microphone: "Este enlace pide encender tu micrófono. Solo tú puedes hacerlo:",
    camera: "Este enlace pide encender tu cámara. Solo tú puedes hacerlo:",
    screen: "Este enlace pide compartir tu pantalla. Solo tú puedes hacerlo:",
  },
  settingsAsk: "Según tus ajustes, al empezar se comparte una pantalla. El navegador exige que lo pulses tú:",
  somebody: "Alguien que está entrando",
  warned: {
    unproven: (name) => `${name} no puede demostrar quién es, y no oye nada de ti hasta que lo haga.`,
    missed: (name) =>
      `Algo que dijo ${name} se perdió o fue retenido por el camino. Se ha pedido de nuevo; si esto continúa, puede que el servidor no sea honesto.`,
  },
  changedName: (name, known) =>
    `${name} tiene una clave distinta de la de ${known} que conoces, o ninguna. Puede ser un dispositivo nuevo u otra persona: pregúntale por otra vía antes de confiar.`,
  nothingKept:
    "Este navegador no puede guardar todo para la próxima vez: tu clave vale solo para esta visita, o las personas que conoces no se pueden cargar ni guardar.",
  peopleNotKept: "Lo que sabes de las personas no se pudo guardar: vale para esta visita.",
  contradicts: (name, names) => `${name} usa dos nombres, cada uno para otras personas, y ha firmado ambos: ${names}.`,
  withheld: (name, witness) =>
    `${witness} oye a ${name}, y aquí no llega nada de eso. Puede que el servidor lo retenga, o que ${witness} no diga la verdad.`,
  unheard: (name) =>
    `Hace varios minutos que el servidor no trae nada de ${name}, aunque hay conexión directa. Puede que retenga sus mensajes, o que el dispositivo de ${name} no pueda conectarse con él o se haya colgado.`,
  hidden: (name, witness) =>
    `${witness} habla con ${name}, que aquí no aparece. Puede que el servidor lo oculte, o que ${witness} no diga la verdad.`,
  acceptOnce: "Aceptar por ahora",
  tooLarge: "Ese mensaje es más grande de lo que admite el servidor y no se ha enviado.",
  imageRefused: "No es una imagen, o no se puede reducir lo suficiente para un mensaje. Ofrécela como archivo.",
  inMemory:
    "Este navegador solo puede guardar la descarga en la memoria hasta que esté completa: los archivos grandes pueden fallar.",
  leaveDownload: "Todavía hay una descarga en curso: se interrumpirá si sales.",
  leaveAllTheSame: "Salir de todos modos",
  noSink: "No se ha podido iniciar la descarga: este navegador no tiene dónde guardarla.",
  useInstead: (device: string) => `Usar ${device}`,
  unnamedDevice: (number: number) => `Dispositivo ${number}`,
  flipCamera: "Cambiar de cámara",
  movePicture: (corner) => `Mover tu imagen: ${corner}`,
  corners: {
    "top-left": "arriba a la izquierda",
    "top-right": "arriba a la derecha",
    "bottom-right": "abajo a la derecha",
    "bottom-left": "abajo a la izquierda",
  },
  speakerGone: (device) => `${device} ya no está: hasta que vuelva, el sonido sale por otro altavoz.`,
  tryAgain: "Intentar de nuevo",
  captureEnded: (label) => `${label}: se ha interrumpido. El dispositivo ya no está, o el navegador lo ha detenido.`,
  capture: {
    microphone: {
      refused:
        "Se ha denegado el micrófono. Permítelo para esta página en la barra de direcciones del navegador y vuelve a pulsar Micrófono.",
      "no-device": "No se ha encontrado ningún micrófono. Conecta uno y vuelve a pulsar Micrófono.",
      busy: "No se ha podido iniciar el micrófono: puede que lo esté usando otro programa.",
      unavailable: "Este navegador no da acceso a ningún micrófono.",
    },
    camera: {
      refused:
        "Se ha denegado la cámara. Permítela para esta página en la barra de direcciones del navegador y vuelve a pulsar Cámara.",
      "no-device": "No se ha encontrado ninguna cámara. Conecta una y vuelve a pulsar Cámara.",
      busy: "No se ha podido iniciar la cámara: puede que la esté usando otro programa.",
      unavailable: "Este navegador no da acceso a ninguna cámara.",
    },
    screen: {
      refused: "Se ha denegado o cancelado compartir la pantalla.",
      "no-device": "No hay ninguna pantalla que compartir.",
      busy: "No se ha podido capturar la pantalla.",
      unavailable: "Este navegador no puede compartir pantallas.",
    },
  },

  // Files
  download: "Descargar",
  abort: "Cancelar",
  tooMany: {
    track: (name) => `${name} ofrece más transmisiones de las que caben. El resto no se muestra aquí.`,
    file: (name) => `${name} ofrece más archivos de los que caben. El resto no se muestra aquí.`,
  },
  tooManyOwn: {
    track: "Compartes tantas transmisiones como admiten los demás. El resto no se comparte.",
    file: "Ofreces tantos archivos como admiten los demás. El resto no se ofrece.",
  },
  stalled: "no llega nada",
  waiting: "esperando…",
  sendingTo: (name) => `para ${name}`,
  transferEnded: {
    of: (file, end) => `${file}: ${end}`,
    in: {
      whole: "Descarga completa.",
      unknown:
        "Ha terminado una descarga. No se había anunciado su tamaño, así que nadie puede saber si está completa.",
      "cut short":
        "Una descarga se ha cortado: el otro lado se detuvo o se perdió la conexión. No se ha guardado ningún archivo incompleto como si estuviera completo.",
      "too long": "Se ha detenido una descarga: llegó más de lo anunciado. No se ha guardado.",
      "wrong hash": "Una descarga se ha dañado por el camino y no se ha guardado.",
      "no hash": "Una descarga llegó sin la suma de verificación prometida y no se ha guardado.",
      cancelled: "Descarga cancelada.",
      broken: "Una descarga ha fallado: no se ha podido guardar.",
    },
    out: {
      whole: "Ha llegado un archivo.",
      unconfirmed: "Se ha enviado un archivo entero. El programa del otro lado no dice si lo ha guardado.",
      "cut short": "El envío de un archivo se ha cortado: el otro lado se detuvo o se perdió la conexión.",
      broken: "El envío de un archivo ha fallado: no se ha podido leer.",
    },
  },
  remaining: (time) => `tiempo restante: ${time}`,

  // Chat
  messages: "Mensajes",
  message: "Mensaje",
  send: "Enviar",
  addImage: "Añadir una imagen",
  anImage: "una imagen",
  imageOf: (name) => `Imagen de ${name}`,
  chatFrom: (name, text) => `${name}: ${text}`,
  emptyChat: "Aquí no hay nada todavía. Quien entre más tarde no verá nada de lo que se dijo antes.",
  unread: (count) => many(count, { one: "# mensaje sin leer", other: "# mensajes sin leer" }),
  textTooLong: "Es demasiado largo para el chat y no se envió. Se puede compartir como archivo.",
  unsent: "aún no enviado",
  uncertain: "Puede que no haya llegado: se perdió la conexión con el servidor.",
  badImage: "(una imagen de un tipo que no se muestra)",
  showImage: "Mostrar la imagen",
  imageWaits: "Es grande, o hay muchas: se dibuja cuando lo pidas.",

  // Settings
  groups: {
    you: "Tú",
    streams: "Transmisiones",
    sound: "Sonido",
    picture: "Imagen",
    notifications: "Notificaciones",
    keys: "Teclas y diagnóstico",
  },
  settingNames: {
    username: "Tu nombre",
    language: "Idioma",
    theme: "Tema",
    identity_scope: "Los demás te reconocen",
    hide_address: "Ocultar mi dirección",
    microphone_enabled: "Compartir un micrófono al empezar",
    screencast_enabled: "Compartir una pantalla al empezar",
    camera_enabled: "Compartir una cámara al empezar",
    optional_audio_default_enable: "Activar de entrada el sonido de los demás",
    optional_video_default_enable: "Activar de entrada la imagen de los demás",
    enable_onbeforeunload: "Confirmar la salida mientras se comparte algo",
    microphone_device: "Micrófono",
    speaker_device: "Altavoz",
    camera_device: "Cámara",
    rnnoise: "Supresión de ruido (RNNoise)",
    native_noise_suppression: "Supresión de ruido del navegador",
    microphone_gain: "Ganancia del micrófono",
    auto_gain_control: "Control automático de ganancia",
    echo_cancellation: "Cancelación de eco",
    audio_activity_threshold: "Volumen que cuenta como hablar",
    screencast_audio: "Compartir también el sonido de la pantalla",
    video_fps: "Fotogramas por segundo",
    video_resolution: "Ancho de la imagen",
    video_upload_limit: "Subida para imágenes (kbit/s)",
    camera_facing_mode: "Cámara del móvil",
    send_previews: "Enviar vistas previas de mis vídeos",
    preview_resolution: "Tamaño de las vistas previas (píxeles)",
    preview_rate: "Segundos entre vistas previas",
    preview_encoding_quality: "Calidad de las vistas previas (de 1 a 100)",
    image_view_popup: "Abrir las imágenes en su propia ventana",
    notify_chat: "Avisarme de los mensajes del chat",
    notify_join: "Avisarme cuando alguien entre",
    notify_leave: "Avisarme cuando alguien salga",
    letter_keys: "Letras como atajos",
    push_to_talk: "Pulsar para hablar: mantener la barra espaciadora",
    webrtc_debug: "Mostrar estadísticas de las conexiones",
    show_log: "Mostrar el registro en cada sala",
  },
  choices: {
    everywhere: "en todas partes",
    room: "en cada sala por separado",
    visit: "solo durante una visita",
    environment: "trasera",
    user: "delantera",
    dark: "oscuro",
    light: "claro",
  },
  chosenBefore: "elegido antes",
  browserChoice: "automático",
  systemChoice: "como el sistema",
  on: "sí",
  off: "no",
  reset: "Restablecer",
  resetAll: "Restablecer todos los ajustes",
  resetAllSurely: "¿Restablecer de verdad todos los ajustes?",
  resetOf: (name) => `Restablecer «${name}»`,
  allowNotifications: "Permitir notificaciones",
  showKeys: "Teclas",
  showLog: "Registro",

  // Known rooms
  roomsIntro: "Salas que conoces y cuántas personas hay en ellas. Se guardan en este navegador.",
  members: (count) => many(count, { one: "# persona", other: "# personas" }),
  empty: "vacía",
  secretOrLink: "Secreto o enlace",
  name: "Nombre",
  add: "Añadir",
  addCurrent: "Añadir esta sala",
  moveUp: "Subir",
  moveDown: "Bajar",
  remove: "Quitar",
  noRoomWatches: "Este servidor no cuenta a las personas de las salas conocidas.",

  // Invite
  invite: "Invitar",
  inviteIntro: "Quien tenga este enlace podrá entrar. Envíalo por un medio en el que confíes.",
  link: "Enlace",
  copyLink: "Copiar enlace",
  copied: "Copiado",
  shareLink: "Compartir…",
  qrCode: "Código QR del enlace",

  // Log and keys
  log: "Registro",
  logIntro:
    "Lo que ha pasado aquí, para informar de errores. No contiene secretos, nombres ni mensajes; el texto está en inglés.",
  copyLog: "Copiar registro",
  keys: "Teclas",
  keyList: [
    ["Ctrl+Intro", "abrir o cerrar el chat"],
    ["M, R", "añadir un micrófono"],
    ["Ctrl+D", "silenciar y activar tus micrófonos"],
    ["C", "añadir una cámara"],
    ["S", "compartir una pantalla"],
    ["P", "fijar una imagen tras otra y después ninguna"],
    ["F", "ver la imagen fijada en pantalla completa"],
    ["E", "abrir o cerrar el panel para grabar"],
    ["Ctrl+C", "terminar todas las transmisiones (sin nada seleccionado)"],
    ["Ctrl+V", "enviar una imagen al chat"],
    ["Espacio", "hablar mientras se mantiene (con pulsar para hablar)"],
    ["Esc", "cerrar un panel"],
    ["?", "mostrar estas teclas"],
  ],
  statistics: "Estadísticas",
  unreadable: "Parte de lo que se ha soltado no se ha podido leer, y no se ofrece.",

  // Footer
  license: "Licencia",
  sourceCode: "Código fuente",
  documentation: "Documentación",

  // Start page
  tagline: "Reúnete en privado. Comparte un enlace y habla directamente con los demás; el servidor no puede escuchar.",
  roomName: "Nombre de la sala",
  joinRoom: "Entrar en la sala",
  roomHint:
    "El enlace lleva un secreto aleatorio. Quien tenga el enlace podrá entrar; nadie más, ni siquiera el servidor, puede escuchar.",
  noQuestionMark: "El nombre de una sala no puede contener signos de interrogación.",

  ...esOfTrial,
  ...esOfWays,
  ...esOfPeople,
  ...esOfRecording,
};
