// SPDX-License-Identifier: AGPL-3.0-only
/** The words in Japanese for who people are. */

import { counting } from "./counting.ts";
import type { enOfIdentities } from "./en-people.ts";

const many = counting("ja");

export const jaOfPeople: typeof enOfIdentities = {
  marks: { verified: "知人", known: "知人", new: "初対面", "no key": "鍵なし", changed: "変更あり" },
  verifiedMark: "知人、確認済み",
  markMeanings: {
    verified: "この人を知っていて、番号を照合済みです。",
    known: "この鍵には以前にも出会っています。",
    new: "この鍵は初めて見るものです。",
    "no key":
      "このアプリには鍵がなく、誰なのか分かりません。ここにいる間、全員への発言は、リンクを手に入れた人なら誰でも読めます。",
    changed: "この名前で知っている内容と違います。鍵が別のものか、鍵がないか、アプリの保護が以前より弱くなっています。",
  },
  protectsLess: (name) =>
    `${name}さんのアプリは、以前より保護が弱くなっています。古いバージョンか、誰かの細工かもしれません。信用する前に、別の方法で本人に確かめてください。`,
  peopleIntro: "会った人は鍵によって記憶されます。このブラウザーの中だけです。",
  scopes: {
    everywhere: "このブラウザーが保存する鍵により、どのルームでもあなただと分かります。",
    room: "このルーム専用の鍵により、このルームではあなただと分かります。",
    visit: "今回の参加中だけ、あなただと分かります。",
  },
  ownKey: "あなたの鍵",
  hereNow: "今ここにいる人",
  knownPeople: "知っている人",
  nobodyElse: "ほかには誰もいません。",
  callsThemselves: (name) => `本人の名乗り：${name}`,
  metOn: (day) => `会った日：${day}`,
  seen: (first, last) => `初めて会った日：${first}、最後に会った日：${last}`,
  compareNumbers: "番号を照合",
  numberIntro: (name) =>
    `この番号を${name}さんと照合してください。声に出すのが一番です。間に誰もいなければ、二人に同じ番号が見えます。`,
  safetyNumber: "安全番号",
  qrOfNumber: "番号のQRコード",
  theyMatch: "一致する",
  theyDiffer: "一致しない",
  notNow: "あとで",
  isVerified: (name) => `${name}さんを確認しました。`,
  numbersDiffer: (name) =>
    `あなたと${name}の間に誰かがいるか、その名前を使っている可能性があります。ここで大事なことは話さず、別の方法で見えている番号を尋ね、新しいルームで会ってください。`,
  compareCode: "全員とコードを比べる",
  roomCode: "ルームのコード",
  codeStarted: (name) => `${name}さんが全員で比べるコードを作っています。`,
  codeWaiting: (names) => `${names}とコードを作っています…`,
  codeSay: (names) => `このコードを声に出してください。${names}も同じコードですか。`,
  anotherCode: "前のコードが別のコードに替わりました。こちらを比べてください。",
  codeCoversNot: (names) => `対象外：${names}`,
  codeMatched: (names) => `確認済み：${names}`,
  codesDiffer:
    "コードが異なります。誰かが間にいて、会話を聞いたり変えたりしている可能性があります。ここで大事なことは話さず、新しいルームで会い、もう一度比べてください。",
  codeInterrupted:
    "コードはありません。誰かが退出したか、名前を変えたか、中止したか、またはコードを作れる人がここにいません。",
  codeUnlike: (name) =>
    `コードなし：${name}さんによると、まだ全員に同じ人が見えてはいません。少し待ってからお試しください。`,
  codeSilent: (names) => `コードなし：${names}から応答がありません。`,
  codeSpoiled: (names) => `コードなし：${names}は規則を守りませんでした。`,
  codeSaidSpoiled: (name) => `コードなし：${name}さんによると、誰かが規則を守りませんでした。`,
  nameHere: "あなたが付ける名前",
  save: "保存",
  nameTaken: "その名前はここでは別の人のものです。",
  forget: "知人から削除",
  forgetSurely: "本当に知人から削除しますか？",
  exportPeople: "知人を書き出す",
  importPeople: "知人を読み込む",
  peopleFileHint:
    "知っている人の一覧を、別のブラウザーで使うためのファイルにします。パスフレーズで保護されます。あなた自身の鍵はここに残り、別のブラウザーには別の鍵があります。",
  passphrase: "パスフレーズ",
  passphraseShort:
    "12文字以上にしてください。ファイルを手に入れた人は、コンピューターの速度が許す限り次々とパスフレーズを試せます。",
  passphraseAgain: "書き出すにはもう一度",
  passphrasesDiffer: "二つのパスフレーズが違います。",
  peopleExported: (count) => many(count, { other: "#人を書き出しました。" }),
  tooManyPeople: "保存できる人数を超えるため、読み込みませんでした。",
  wrongPassphrase: "このパスフレーズでは開けません。またはファイルが改変されています。",
  noPeopleFile: "知人のファイルではありません。",
  peopleImported: (count) => many(count, { other: "読み込みました。ファイルには#人が入っています。" }),
};
