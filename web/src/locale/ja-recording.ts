// SPDX-License-Identifier: AGPL-3.0-only
/** The words in Japanese for pictures that are paused, and for recordings. */

import type { enOfRecording } from "./en-recording.ts";
import type { Strings } from "./en.ts";

type Words = typeof enOfRecording &
  Pick<Strings, "paused" | "showPaused" | "record" | "records" | "youRecord" | "startsRecording" | "stopsRecording">;

export const jaOfRecording: Words = {
  paused: "一時停止中：この端末ではすべてを表示できません。押すと表示します。",
  showPaused: (stream) => `${stream}：この端末ではすべてを表示できないため一時停止中です。表示する`,
  record: "録画",
  records: "録画中",
  youRecord: "録画しています",
  startsRecording: (name) => `${name}さんが録画しています`,
  stopsRecording: (name) => `${name}さんが録画を終えました`,
  recordIntro:
    "ここで見聞きするものを、この端末のファイルに保存します。オンのときは自分のマイクも含みます。対応するアプリの参加者には知らされます。それでも事前に確認してください。",
  cannotBeTold: (names: string) => `知らせることができないため、直接伝えてください：${names}`,
  startRecording: "録画を開始",
  stopRecording: "録画を終了",
  recorded: (length: string, size: string) => `録画済み：${length}、${size}`,
  recordingSaved: "録画を保存しました",
  recordingFailed:
    "録画を終了しました。ファイルに書き込めません。空き容量が足りない可能性があります。それまでの内容は残ります。",
  recordingImpossible: "このブラウザーでは現在録画できません。",
};
