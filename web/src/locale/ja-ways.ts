// SPDX-License-Identifier: AGPL-3.0-only
/** The words in Japanese for the ways to others: hiding one's address, and the link to a test. */

import type { enOfWays } from "./en-ways.ts";

export const jaOfWays: typeof enOfWays = {
  hiding:
    "ほかの人にあなたのネットワークアドレスは見えません。すべてサーバーの中継（TURN）を通るため、遅くなることがあります。以前に接続した人は、すでに知っているかもしれません。",
  hidingFromAll:
    "アドレスは隠されていますが、このサーバーには隠すための中継（TURN）がありません。誰とも接続されていません。サーバーの管理者に頼むか、設定で「自分のアドレスを隠す」をオフにしてください。",
  testConnection: "接続をテストする",
};
