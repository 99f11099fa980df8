// SPDX-License-Identifier: AGPL-3.0-only
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { creditAhead, FileReceiving } from "../src/core/file-receiving.ts";
import { FileSending } from "../src/core/file-sending.ts";
import { limits } from "../src/core/limits.ts";
import { readVectors } from "./vectors.ts";

const hash = "ab".repeat(32);
const plain = new Set<string>();
const all = new Set(["file-credit", "file-sha256"]);

function sending(size: number, features = plain, maxMessage = 262_144): FileSending {
  return new FileSending({ size, features, maxMessage });
}

function receiving(
  size: number | undefined,
  features: ReadonlySet<string>,
  bytes: number,
  ...texts: string[]
): FileReceiving {
  const file = new FileReceiving(size, features);
  file.channelOpened();
  file.bytesWritten(0);
  file.bytesReceived(bytes);
  for (const text of texts) file.textReceived(text);
  return file;
}

describe("sending", () => {
  test("messages of 32 KiB to everybody, larger ones with credit, never above max-message-size (F1, F5)", () => {
    expect(sending(1e6).nextLength).toBe(32_768);
    expect(sending(1e6, plain, 16_384).nextLength).toBe(16_384);
    const large = sending(1e6, all);
    large.textReceived('{"credit":900000}');
    expect(large.nextLength).toBeGreaterThan(32_768);
    expect(sending(100).nextLength).toBe(100);
  });

  test("waits for credit, which never falls (F5)", () => {
    const file = sending(1e6, all);
    expect(file.nextLength).toBe(0);
    file.textReceived('{"credit":10}');
    file.textReceived('{"credit":4}');
    expect(file.nextLength).toBe(10);
    file.messageSent(10);
    expect(file.nextLength).toBe(0);
  });

  test("ends with the hash where both know it; without the receiver's word it is not whole (F6, F8)", () => {
    const file = sending(0, all);
    expect(file.verdict).toBe("cut short");
    expect(file.end(hash)).toEqual([`{"sha256":"${hash}"}`, "end"]);
    expect(file.verdict).toBe("unconfirmed");
    expect(sending(0).end(undefined)).toEqual(["end"]);
  });
});

describe("receiving", () => {
  test.each([
    ["all that was announced, and the end", receiving(5, plain, 5, "end"), "whole"],
    ["all that was announced, without an end", receiving(5, plain, 5), "whole"],
    ["an end that comes too early", receiving(5, plain, 4, "end"), "cut short"],
    ["a channel that closes too early", receiving(5, plain, 4), "cut short"],
    ["more than was announced", receiving(5, plain, 6, "end"), "too long"],
    ["nothing announced, and an end", receiving(undefined, plain, 9, "end"), "whole"],
    ["nothing announced, and no end", receiving(undefined, plain, 9), "unknown"],
    ["an empty file", receiving(0, plain, 0, "end"), "whole"],
    ["a text that nobody knows", receiving(5, plain, 5, "hello", "end"), "whole"],
    ["the right hash", receiving(5, all, 5, `{"sha256":"${hash}"}`, "end"), "whole"],
    ["another hash", receiving(5, all, 5, `{"sha256":"${"cd".repeat(32)}"}`, "end"), "wrong hash"],
    ["an end without the hash that both announced", receiving(5, all, 5, "end"), "no hash"],
    ["a channel that closes before the hash", receiving(5, all, 5), "cut short"],
    [
      "a second hash, which changes nothing",
      receiving(5, all, 5, `{"sha256":"${hash}"}`, `{"sha256":"${"cd".repeat(32)}"}`, "end"),
      "whole",
    ],
  ])("%s (F2, F6)", (_, file, outcome) => {
    expect(file.outcome(hash)).toBe(outcome);
  });

  test("is over at the end, at the last byte where no hash follows, and at a byte too many", () => {
    expect(receiving(5, plain, 4).isOver).toBe(false);
    expect(receiving(5, plain, 5).isOver).toBe(true);
    expect(receiving(5, all, 5).isOver).toBe(false);
    expect(receiving(5, all, 5, "end").isOver).toBe(true);
    expect(receiving(5, all, 6).isOver).toBe(true);
  });

  test("more than there is credit for is too much (F5)", () => {
    const file = new FileReceiving(1e9, all);
    const credit = (JSON.parse(file.bytesWritten(0) ?? "{}") as { credit: number }).credit;
    expect(file.bytesReceived(credit)).toBe(true);
    expect(file.bytesReceived(1)).toBe(false);
    expect(file.outcome(undefined)).toBe("too long");
  });

  test("the first credit may be repeated until a byte arrives (F5)", () => {
    const file = new FileReceiving(10, all);
    expect(file.repeatedCredit).toBeUndefined();
    const first = file.bytesWritten(0);
    expect(first).toBeDefined();
    expect([file.repeatedCredit, file.repeatedCredit]).toEqual([first, first]);
    file.bytesReceived(1);
    expect(file.repeatedCredit).toBeUndefined();
    const empty = new FileReceiving(0, all);
    empty.bytesWritten(0);
    empty.textReceived("end");
    expect(empty.repeatedCredit).toBeUndefined();
    expect(new FileReceiving(10, new Set()).repeatedCredit).toBeUndefined();
  });

  test("another channel begins where this one ended, also when that never began (F9)", () => {
    const first = receiving(9, all, 5);
    expect(first.next).toBe(5);
    const second = new FileReceiving(9, all, { offset: 5 });
    expect(second.next).toBe(5);
    second.textReceived(`{"prefix_hmac":"${hash}"}`);
    second.bytesWritten(0);
    second.bytesReceived(2);
    expect(second.next).toBe(7);
    expect(second.isBegunAnew).toBe(false);
  });

  test.each([
    ["says so", (file: FileReceiving) => void file.textReceived('{"offset":0}')],
    ["does so without a word", (file: FileReceiving) => void file.bytesReceived(1)],
  ])("a sender that begins anew is noticed when it %s (F9)", (_, begin) => {
    const file = new FileReceiving(9, all, { offset: 5 });
    file.bytesWritten(0);
    begin(file);
    expect(file.isBegunAnew).toBe(true);
  });

  test("without credit on the other side none is given", () => {
    expect(new FileReceiving(5, plain).bytesWritten(0)).toBeUndefined();
  });
});

type Step = { open: true } | { bytes: number } | { text: string } | { written: number } | { lost: true };
interface Received {
  readonly name: string;
  readonly size: number | null;
  readonly features: readonly string[];
  readonly resume?: { readonly offset: number; readonly prefix_hmac: string | null };
  readonly steps: readonly Step[];
  readonly says?: readonly string[];
  readonly sha256: string | null;
  readonly outcome: string;
  readonly stored: string | null;
  readonly unheard?: boolean;
  readonly offset?: number;
}
interface Sent {
  readonly name: string;
  readonly size: number;
  readonly features: readonly string[];
  readonly max_message?: number;
  readonly steps: readonly ({ text: string } | { sent: number } | { next: number } | { end: true | string })[];
  readonly says?: readonly string[];
  readonly verdict: string;
}
interface FileVectors {
  readonly receiving: readonly Received[];
  readonly receiving_resumed: readonly Received[];
  readonly sending: readonly Sent[];
  readonly sending_resumed: readonly (Sent & { readonly offset: number; readonly begins: number })[];
}
const vectors = readVectors<FileVectors>("file-transfer");

describe("vectors of files", () => {
  test.each([...vectors.receiving, ...vectors.receiving_resumed])("receiving: $name", (vector) => {
    const { offset, prefix_hmac: prefixHmac } = vector.resume ?? { offset: 0, prefix_hmac: null };
    const resume = prefixHmac === null ? { offset } : { offset, prefixHmac };
    const file = new FileReceiving(vector.size ?? undefined, new Set(vector.features), resume);
    const says: string[] = [];
    for (const step of vector.steps) {
      if ("open" in step) file.channelOpened();
      else if ("bytes" in step) file.bytesReceived(step.bytes);
      else if ("text" in step) says.push(...[file.textReceived(step.text)].filter((said) => said !== undefined));
      else if ("written" in step) file.bytesWritten(step.written);
      else file.connectionLost();
    }
    expect(file.outcome(vector.sha256 ?? undefined)).toBe(vector.outcome);
    expect(file.stored ?? null).toBe(vector.stored);
    expect(file.isUnheard).toBe(vector.unheard ?? false);
    expect(says).toEqual(vector.says ?? []);
    expect(file.offset).toBe(vector.offset ?? 0);
  });

  test.each(vectors.sending)("sending: $name", ({ size, features, max_message, steps, says, verdict }) => {
    const file = sending(size, new Set(features), max_message);
    let said: readonly string[] = [];
    for (const step of steps) {
      if ("text" in step) file.textReceived(step.text);
      else if ("sent" in step) file.messageSent(step.sent);
      else if ("next" in step) expect(file.nextLength).toBe(step.next);
      else said = file.end(step.end === true ? undefined : step.end);
    }
    expect(file.verdict).toBe(verdict);
    expect(said).toEqual(says ?? said);
  });

  test.each(vectors.sending_resumed)("sending the rest: $name", ({ offset, features, steps, begins, verdict }) => {
    const file = sending(9, new Set(features));
    expect(file.prove(offset, hash)).toBe(`{"prefix_hmac":"${hash}"}`);
    expect(file.offset).toBeUndefined();
    for (const step of steps) {
      if ("text" in step) file.textReceived(step.text);
      else if ("sent" in step) file.messageSent(step.sent);
      else if ("end" in step) file.end(undefined);
    }
    expect(file.offset).toBe(begins);
    expect(file.verdict).toBe(verdict);
  });
});

test("with credit a sender is never far ahead of the writing, and always gets to the end (F5)", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40_000_000 }), fc.infiniteStream(fc.nat(3_145_728)), (size, choices) => {
      const [sender, receiver] = [sending(size, all), new FileReceiving(size, all)];
      const waiting: number[] = [];
      let written = 0;
      const give = (bytes: number): void => {
        written += bytes;
        // Others begin and end beside it.
        const credit = receiver.bytesWritten(bytes, creditAhead([choices.next().value ?? 0]));
        if (credit !== undefined) sender.textReceived(credit);
      };
      give(0);
      while (written < size) {
        const length = sender.nextLength;
        if (length > 0 && (waiting.length === 0 || (choices.next().value ?? 0) % 2 === 0)) {
          sender.messageSent(length);
          waiting.push(length);
        } else {
          if (waiting.length === 0) return false;
          give(waiting.shift() ?? 0);
        }
        if (sender.sent - written > limits.creditAheadBytes) return false;
      }
      return sender.isAllSent;
    }),
    { numRuns: 20 },
  );
});

test("all files that share a connection are together as far ahead as one (F5)", () => {
  const step = fc.tuple(fc.nat(19), fc.nat(400_000));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const begun = new Map<number, FileReceiving>();
      for (const [number, bytes] of steps) {
        const file = begun.get(number) ?? new FileReceiving(undefined, all);
        begun.set(number, file);
        const others = [...begun.values()].filter((each) => each !== file).map(({ ahead }) => ahead);
        file.bytesWritten(Math.min(bytes, file.ahead), creditAhead(others));
        // Each goes on, however many there are.
        expect(file.ahead).toBeGreaterThan(0);
        const sum = others.reduce((left, each) => left + each, file.ahead);
        expect(sum).toBeLessThanOrEqual(limits.creditAheadBytes + 20 * limits.fileMessageBytes);
      }
    }),
  );
});
