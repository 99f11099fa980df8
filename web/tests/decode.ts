// SPDX-License-Identifier: AGPL-3.0-only
/** For tests/conformance/test_agreement.py: decodes what comes as JSON, [codec, text] each, and prints what became of it. */

import { readFileSync } from "node:fs";
import { decodeFileText } from "../src/core/file-control.ts";
import { decodeClientbound } from "../src/core/packets.ts";
import { decodeRelayMessage } from "../src/core/sealed-message.ts";
import { Malformed, parse } from "../src/core/schema.ts";

const decoders: Record<string, (text: string) => unknown> = {
  clientbound: decodeClientbound,
  relay_messages: (text) => parse(decodeRelayMessage, text),
  file_controls: decodeFileText,
};

function outcome(codec: string, text: string): unknown {
  try {
    return decoders[codec]?.(text) ?? "unknown";
  } catch (error) {
    if (error instanceof Malformed) return "refused";
    throw error;
  }
}

const texts = JSON.parse(readFileSync(0, "utf8")) as [string, string][];
process.stdout.write(JSON.stringify(texts.map(([codec, text]) => outcome(codec, text))));
