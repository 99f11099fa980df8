// SPDX-License-Identifier: AGPL-3.0-only
/** The words of the test of a connection in Japanese. */

import type { enOfTrial } from "./en-trial.ts";

export const jaOfTrial: typeof enOfTrial = {
  trial: {
    intro:
      "通話に必要なものを順番に試します。映像と音声はこのブラウザーから出ません。問い合わせるのはこのサーバーと、それが示すSTUN・TURNサーバーだけです。",
    start: "テストを始める",
    speaker: "スピーカー",
    server: "サーバー",
    stun: "外への経路（STUN）",
    turn: (transport) => `中継（TURN、${transport}）`,
    noTurn: "中継（TURN）",
    states: {
      waiting: "未実施",
      running: "試しています…",
      asking: "返事を待っています",
      good: "動作しています",
      unsure: "不明",
      bad: "動作していません",
    },
    heard: "聞こえます",
    notHeard: "聞こえません",
    switchOff: "オフにする",
    loudness: "マイクの音量",
    copyReport: "結果をコピー",
    reportHint: "結果にはアドレスも秘密も含まれません。",
    done: "テストが終わりました。",
    picture: "映像が届いています。",
    heardYou: "声が届いています。",
    silent:
      "何も聞こえません。話してみてください。それでもだめなら、マイクがミュートになっているか、別のマイクが使われています。システムの設定を確認してください。",
    unmeasured:
      "音が再生されないため、このブラウザーでは測定できません。それでも相手には聞こえているかもしれません。スピーカーは接続されていますか？",
    question: "音が鳴っています。聞こえますか？",
    youHear: "聞こえています。",
    noTone: "音量を上げるか、システムの設定で別のスピーカーを選んでください。",
    blocked: "ブラウザーが音を再生しません。もう一度「スピーカー」を押してください。",
    answers: (version, time) => `${time}で応答しました（${version}）。`,
    noAnswer: "サーバーから応答がありません。ネットワークはつながっていますか？サーバーが止まっているかもしれません。",
    noSignaling:
      "ページは表示されますが、WebSocket を受け付けません。途中のプロキシが通していない可能性があります。管理者は /signaling を確認してください。",
    translated: "応答がありました。ルーターがアドレスを変換しています（NAT）。通話はたいてい通ります。",
    plain: "応答がありました。アドレスを変換するルーターはありません。",
    answered: "応答がありました。",
    stunSilent:
      "応答がありません。どこかのファイアウォールが UDP を通していません。通話には中継（TURN）か別のネットワークが必要です。",
    stunUnsure:
      "何も見つからず、このブラウザーは理由を伝えません。アドレスが変換されていないか、応答がないかのどちらかです。",
    noStun: "サーバーに設定がありません。別のネットワークの人とはつながらないかもしれません。",
    carries: "中継を通る接続でデータが届きました。",
    refused:
      "サーバーの認証情報が拒否されました。管理者は turn_secret、または turn_user と turn_cred、そして時計を確認してください。",
    unreachable:
      "この経路では届きません。途中にファイアウォールがあるか、TLS の場合は証明書が正しくない可能性があります。",
    carriesNothing:
      "中継には接続できますが、中継を通るデータが届きません。管理者は allowed-peer-ip と制限を確認してください。",
    noRelay: "サーバーに中継がありません。中継以外の通信を通さないネットワークにいる人は、誰ともつながりません。",
  },
};
