// SPDX-License-Identifier: AGPL-3.0-only
/** The page's words in Japanese. */

import { counting } from "./counting.ts";
import { jaOfTrial } from "./ja-trial.ts";
import { jaOfWays } from "./ja-ways.ts";
import { jaOfPeople } from "./ja-people.ts";
import { jaOfRecording } from "./ja-recording.ts";
import type { Strings } from "./en.ts";

const many = counting("ja");

export const ja: Strings = {
  // Controls
  controls: "操作",
  leave: "退出",
  chat: "チャット",
  settings: "設定",
  knownRooms: "登録ルーム",
  microphone: "マイク",
  camera: "カメラ",
  screen: "画面",
  file: "ファイル",
  react: "リアクション",
  handUp: "挙手中",
  raiseHand: "手を挙げる",
  lowerHand: "手を下ろす",
  raisesHand: (name) => `${name}さんが手を挙げました`,
  ownHandUp: "手を挙げています",
  ownHandDown: "手を下ろしました",
  reacts: (name, reaction) => `${name}さんのリアクション：${reaction}`,
  youReact: (reaction) => `自分のリアクション：${reaction}`,
  reactions: {
    yes: "賛成",
    no: "反対",
    applause: "拍手",
    heart: "ハート",
    laugh: "笑い",
    surprise: "驚き",
  },
  close: "閉じる",

  // Streams
  stopSharing: "共有を停止",
  mute: "ミュート",
  unmute: "ミュート解除",
  mutedNow: "マイクはミュート中です",
  unmutedNow: "マイクはオンです",
  noMicrophone: "マイクを共有していません",
  nobodySees: "見る人がまだいません",
  nobodyToRecord: "録画する相手がまだいません",
  talksMuted: "マイクがミュート中のため、誰にも聞こえていません。",
  sharedCount: (count) => many(count, { other: "共有中 # 件" }),
  enable: (label) => `「${label}」をオンにする`,
  disable: "オフにする",
  streamOf: (label, owner) => `${owner}さんの${label}`,
  starting: "開始中…",
  muted: "ミュート中",
  silenced: "機器またはシステムによりミュート中",
  unnamedStream: "ストリーム",
  pin: "ピン留め",
  fullScreen: "全画面",
  pictureInPicture: "ピクチャー・イン・ピクチャー",
  preview: (stream) => `プレビュー：${stream}`,

  // People
  people: "参加者",
  inRoom: "ルーム内",
  quoted: (text) => `「${text}」`,
  you: (name) => `${name}（自分）`,
  youMark: "自分",
  changeName: "自分の名前を変更",
  sameName: (number) => `見た目が同じ名前の${number}人目`,
  unnamed: "名前のないゲスト",
  speaking: "発言中",
  volumeOf: (name: string) => `${name}さんの音量`,
  alone: "まだほかに誰もいません。このページのアドレスを共有してください。アドレスを知っている人が参加できます。",

  // Connection states
  joining: "参加しています…",
  online: "接続済み",
  unconnected: "まだ何も共有されていません",
  unasked: "まだ接続していません",
  serverIsBack: "サーバーに再び接続しました。",
  connecting: "接続しています…",
  connected: "接続済み",
  ways: {
    direct: "接続済み（直接）",
    nat: "接続済み（NAT 越え）",
    relay: "接続済み（相手側の中継）",
    "relay-udp": "接続済み（UDP 中継）",
    "relay-tcp": "接続済み（TCP 中継）",
    "relay-tls": "接続済み（TLS 中継）",
  },
  reconnecting: "再接続しています…",
  failed: "接続できませんでした",
  badWay: {
    own: "こちら側の通信状態がよくありません",
    other: "相手側の通信状態がよくありません",
    between: "相手との間の通信状態がよくありません",
  },
  failedAdvice:
    "途中のファイアウォールやネットワークが直接の接続を妨げています。別のネットワークを使うか、サーバーの設定にTURNサーバーを加えると、つながることがあります。その間も接続を試み続けます。",

  // Announcements
  joined: (name) => `${name}さんが参加しました`,
  left: (name) => `${name}さんが退出しました`,
  renamed: (before, name) => `${before}さんの名前が${name}に変わりました`,
  shared: (label) => `${label}を共有しています`,
  notShared: (label) => `${label}の共有を停止しました`,
  offers: (name, label) => `${name}さんが${label}を提供しています`,
  lostServer: "サーバーに再接続しています…",
  callGoesOn: "通話はそのまま続きます。",
  serverSays: (reason) => `サーバーが接続を閉じました：${reason}`,

  // Notices
  dismiss: "閉じる",
  hearEveryone: "タップすると全員の音声が聞こえます",
  guessable:
    "このルームの秘密は推測されるおそれがあり、推測した人は参加して会話を聞くことができます。スタートページで、推測できないルームを作ってください。",
  seenByServer:
    "ここに来るのに使われた古いリンクは、このルームの秘密をサーバーに伝えました。サーバーが会話を聞ける可能性があります。新しいルームを作り、そのアドレスを共有してください。",
  badAddress:
    "このページのアドレスの # より後は、正しいルームではありません。% の部分が壊れています。リンクを確認してください。",
  noAddress: "このページのアドレスにルームが指定されていません。",
  cutLink:
    "ルームのリンクまたは秘密が完全ではありません。ランダムな文字が足りないか、多すぎます。もう一度コピーしてください。",
  enterAllTheSame: "それでも入る",
  toStart: "スタートページへ",
  insecure: "このページでは暗号化ができません。httpsで開くか、サーバーが動いているコンピューターで開いてください。",
  unreachable: "サーバーが応答しません。再試行しています…",
  notReached: "サーバーが応答しません。少し待ってからもう一度お試しください。",
  youLeft: "ルームから退出しました。",
  joinAgain: "もう一度参加する",
  wrongSetting: (key) => `リンクが「${key}」に指定した値は正しくないため、無視されます。`,
  linkAsks: {
    microphone: "このリンクはマイクをオンにするよう求めています。オンにできるのはあなただけです：",
    camera: "このリンクはカメラをオンにするよう求めています。オンにできるのはあなただけです：",
    screen: "このリンクは画面を共有するよう求めています。共有できるのはあなただけです：",
  },
  settingsAsk: "設定により、開始時に画面を共有します。ブラウザーではボタンを押す必要があります：",
  somebody: "参加しようとしている人",
  warned: {
    unproven: (name) => `${name}は本人だと証明できません。証明されるまで、あなたの発言は届きません。`,
    missed: (name) =>
      `${name}の発言の一部が途中で失われたか、止められました。再送を求めました。続くようなら、サーバーが誠実でない可能性があります。`,
  },
  changedName: (name, known) =>
    `${name}の鍵は、あなたが知っている${known}のものと違うか、ありません。新しい端末かもしれず、別人かもしれません。信用する前に別の方法で確かめてください。`,
  nothingKept:
    "このブラウザーは次回のための情報をすべては保存できません。鍵が今回限りになるか、知人の情報を読み込みも保存もできません。",
  peopleNotKept: "知人についての情報を保存できませんでした。今回の参加中だけ有効です。",
  contradicts: (name, names) => `${name}は相手によって二つの名前を使い分け、両方に署名しています：${names}`,
  withheld: (name, witness) =>
    `${witness}には${name}の発言が届いていますが、ここには届いていません。サーバーが止めているか、${witness}が嘘をついている可能性があります。`,
  unheard: (name) =>
    `${name}とは直接つながっていますが、数分前からサーバーを通して何も届いていません。サーバーが止めているか、${name}の端末がサーバーに接続できないか、応答しなくなっている可能性があります。`,
  hidden: (name, witness) =>
    `${witness}は${name}と話していますが、その人はここに表示されていません。サーバーが隠しているか、${witness}が嘘をついている可能性があります。`,
  acceptOnce: "今回は受け入れる",
  tooLarge: "メッセージがサーバーの上限より大きいため、送信されませんでした。",
  imageRefused:
    "画像ではないか、メッセージに収まる大きさまで縮小できない画像です。代わりにファイルとして共有してください。",
  inMemory:
    "このブラウザーでは、ダウンロードが完了するまでメモリーに置くことしかできません。大きなファイルは失敗することがあります。",
  leaveDownload: "ダウンロード中です。退出すると中断されます。",
  leaveAllTheSame: "それでも退出する",
  noSink: "ダウンロードを開始できませんでした。このブラウザーには保存する場所がありません。",
  useInstead: (device: string) => `${device}を使う`,
  unnamedDevice: (number: number) => `デバイス${number}`,
  flipCamera: "カメラを切り替える",
  movePicture: (corner) => `自分の映像を移動：${corner}`,
  corners: {
    "top-left": "左上",
    "top-right": "右上",
    "bottom-right": "右下",
    "bottom-left": "左下",
  },
  speakerGone: (device) => `${device}がなくなりました。戻るまで、別のスピーカーから音が出ます。`,
  tryAgain: "もう一度試す",
  captureEnded: (label) => `${label}が終了しました。機器が取り外されたか、ブラウザーが停止しました。`,
  capture: {
    microphone: {
      refused:
        "マイクの使用が拒否されました。ブラウザーのアドレスバーでこのページに許可してから、もう一度「マイク」を押してください。",
      "no-device": "マイクが見つかりません。接続してから、もう一度「マイク」を押してください。",
      busy: "マイクを開始できませんでした。ほかのプログラムが使用している可能性があります。",
      unavailable: "このブラウザーでは、このページからマイクを使えません。",
    },
    camera: {
      refused:
        "カメラの使用が拒否されました。ブラウザーのアドレスバーでこのページに許可してから、もう一度「カメラ」を押してください。",
      "no-device": "カメラが見つかりません。接続してから、もう一度「カメラ」を押してください。",
      busy: "カメラを開始できませんでした。ほかのプログラムが使用している可能性があります。",
      unavailable: "このブラウザーでは、このページからカメラを使えません。",
    },
    screen: {
      refused: "画面の共有が拒否されたか、キャンセルされました。",
      "no-device": "共有できる画面がありません。",
      busy: "画面を取り込めませんでした。",
      unavailable: "このブラウザーでは画面を共有できません。",
    },
  },

  // Files
  download: "ダウンロード",
  abort: "中止",
  tooMany: {
    track: (name) => `${name}さんのストリームが上限を超えています。残りはここに表示されません。`,
    file: (name) => `${name}さんのファイルが上限を超えています。残りはここに表示されません。`,
  },
  tooManyOwn: {
    track: "共有できるストリームの上限に達しました。残りは共有されません。",
    file: "提供できるファイルの上限に達しました。残りは提供されません。",
  },
  stalled: "データが届いていません",
  waiting: "待機中…",
  sendingTo: (name) => `${name}さんへ`,
  transferEnded: {
    of: (file, end) => `${file}：${end}`,
    in: {
      whole: "ダウンロードが完了しました。",
      unknown: "ダウンロードが終わりました。サイズが知らされていなかったため、完全かどうかは誰にもわかりません。",
      "cut short":
        "ダウンロードが途中で切れました。相手が停止したか、接続が失われました。不完全なまま完成したものとして保存されることはありません。",
      "too long": "ダウンロードを停止しました。知らされたサイズより多くのデータが届いたため、保存していません。",
      "wrong hash": "ダウンロードの内容が途中で壊れたため、保存していません。",
      "no hash": "約束されたハッシュ値が届かなかったため、ダウンロードを保存していません。",
      cancelled: "ダウンロードを中止しました。",
      broken: "ダウンロードに失敗しました。書き込めませんでした。",
    },
    out: {
      whole: "ファイルが届きました。",
      unconfirmed: "ファイルをすべて送信しました。保存されたかどうかは、相手のプログラムからは知らされません。",
      "cut short": "ファイルの送信が途中で切れました。相手が停止したか、接続が失われました。",
      broken: "ファイルの送信に失敗しました。読み込めませんでした。",
    },
  },
  remaining: (time) => `残り ${time}`,

  // Chat
  messages: "メッセージ一覧",
  message: "メッセージ",
  send: "送信",
  addImage: "画像を追加",
  anImage: "画像",
  imageOf: (name) => `${name}さんの画像`,
  chatFrom: (name, text) => `${name}さん：${text}`,
  emptyChat: "まだ何もありません。後から参加した人には、それまでの発言は見えません。",
  unread: (count) => many(count, { other: "未読 # 件" }),
  textTooLong: "チャットには長すぎるため送信されませんでした。ファイルとして共有してください。",
  unsent: "まだ送信されていません",
  uncertain: "届いていない可能性があります。サーバーとの接続が切れました。",
  badImage: "（表示できない種類の画像）",
  showImage: "画像を表示",
  imageWaits: "大きい画像、または多数の画像は、求められたときに表示します。",

  // Settings
  groups: {
    you: "自分",
    streams: "ストリーム",
    sound: "音声",
    picture: "映像",
    notifications: "通知",
    keys: "キーと診断",
  },
  settingNames: {
    username: "あなたの名前",
    language: "言語",
    theme: "テーマ",
    identity_scope: "あなただと分かる範囲",
    hide_address: "自分のアドレスを隠す",
    microphone_enabled: "開始時にマイクを共有する",
    screencast_enabled: "開始時に画面を共有する",
    camera_enabled: "開始時にカメラを共有する",
    optional_audio_default_enable: "ほかの人の音声を自動でオンにする",
    optional_video_default_enable: "ほかの人の映像を自動でオンにする",
    enable_onbeforeunload: "共有中はページを離れる前に確認する",
    microphone_device: "マイク",
    speaker_device: "スピーカー",
    camera_device: "カメラ",
    rnnoise: "ノイズ抑制（RNNoise）",
    native_noise_suppression: "ブラウザーのノイズ抑制",
    microphone_gain: "マイクの増幅",
    auto_gain_control: "自動音量調整",
    echo_cancellation: "エコー除去",
    audio_activity_threshold: "発言とみなす音量",
    screencast_audio: "画面の音声も共有する",
    video_fps: "1秒あたりのフレーム数",
    video_resolution: "映像の幅",
    video_upload_limit: "映像のアップロード上限（kbit/s）",
    camera_facing_mode: "スマートフォンのカメラ",
    send_previews: "自分の映像のプレビューを送る",
    preview_resolution: "プレビューの大きさ（ピクセル）",
    preview_rate: "プレビューの間隔（秒）",
    preview_encoding_quality: "プレビューの画質（1〜100）",
    image_view_popup: "画像を別のウィンドウで開く",
    notify_chat: "チャットを通知する",
    notify_join: "参加した人を通知する",
    notify_leave: "退出した人を通知する",
    letter_keys: "文字キーをショートカットに使う",
    push_to_talk: "プッシュ・トゥ・トーク：スペースキーを押している間だけ話す",
    webrtc_debug: "接続の統計を表示する",
    show_log: "どのルームでもログを表示する",
  },
  choices: {
    everywhere: "どこでも",
    room: "ルームごとに別々",
    visit: "1回の参加中だけ",
    environment: "背面",
    user: "前面",
    dark: "ダーク",
    light: "ライト",
  },
  chosenBefore: "以前に選んだもの",
  browserChoice: "自動",
  systemChoice: "システムに合わせる",
  on: "オン",
  off: "オフ",
  reset: "リセット",
  resetAll: "すべての設定をリセット",
  resetAllSurely: "本当にすべての設定をリセットしますか？",
  resetOf: (name) => `「${name}」をリセット`,
  allowNotifications: "通知を許可",
  showKeys: "キー",
  showLog: "ログ",

  // Known rooms
  roomsIntro: "登録したルームと、そこにいる人数です。このブラウザーに保存されます。",
  members: (count) => many(count, { other: "# 人" }),
  empty: "誰もいません",
  secretOrLink: "秘密またはリンク",
  name: "名前",
  add: "追加",
  addCurrent: "このルームを追加",
  moveUp: "上へ",
  moveDown: "下へ",
  remove: "削除",
  noRoomWatches: "このサーバーは登録ルームの人数を数えません。",

  // Invite
  invite: "招待",
  inviteIntro: "このリンクを知っている人は参加できます。信頼できる手段で送ってください。",
  link: "リンク",
  copyLink: "リンクをコピー",
  copied: "コピーしました",
  shareLink: "共有…",
  qrCode: "リンクのQRコード",

  // Log and keys
  log: "ログ",
  logIntro:
    "不具合を報告するための、ここで起きたことの記録です。秘密、名前、メッセージは含まれません。内容は英語です。",
  copyLog: "ログをコピー",
  keys: "キー",
  keyList: [
    ["Ctrl+Enter", "チャットを開く、閉じる"],
    ["M, R", "マイクを追加"],
    ["Ctrl+D", "マイクをミュート、ミュート解除"],
    ["C", "カメラを追加"],
    ["S", "画面を共有"],
    ["P", "映像を順にピン留め、最後に解除"],
    ["F", "ピン留めした映像を全画面で表示"],
    ["E", "録画パネルを開く、閉じる"],
    ["Ctrl+C", "すべてのストリームを終了（何も選択していないとき）"],
    ["Ctrl+V", "チャットに画像を送信"],
    ["スペース", "押している間だけ話す（プッシュ・トゥ・トーク）"],
    ["Esc", "パネルを閉じる"],
    ["?", "このキー一覧を表示"],
  ],
  statistics: "統計",
  unreadable: "ドロップしたものの一部を読み込めませんでした。その分は提供されません。",

  // Footer
  license: "ライセンス",
  sourceCode: "ソースコード",
  documentation: "ガイド",

  // Start page
  tagline: "他人に聞かれずに会話できます。リンクを共有して、直接話せます。サーバーは会話を聞けません。",
  roomName: "ルーム名",
  joinRoom: "ルームに入る",
  roomHint:
    "リンクにはランダムな秘密が含まれます。リンクを知っている人は参加できます。それ以外は、サーバーでさえ会話を聞けません。",
  noQuestionMark: "ルーム名に疑問符は使えません。",

  ...jaOfTrial,
  ...jaOfWays,
  ...jaOfPeople,
  ...jaOfRecording,
};
