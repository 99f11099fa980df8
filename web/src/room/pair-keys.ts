// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The keys of this client's pairs: hellos that wait for an answer, and for each member the keys in use (Y3 to Y5). Which
 * keys are made and used when is decided in `core/pairing.ts`. Nothing here is ever shown or logged.
 */

import type { Bytes } from "../core/bytes.ts";
import { limits } from "../core/limits.ts";
import type { Identify, Sealed } from "../core/pairing-orders.ts";
import type { RelayMessage } from "../core/relay-messages.ts";
import { decodeRelayMessage } from "../core/sealed-message.ts";
import { Malformed, parse } from "../core/schema.ts";
import { Credential, type SigningKey } from "../crypto/credential.ts";
import { decodeBytes, encodeBytes } from "../crypto/encoding.ts";
import {
  derivePair,
  EphemeralKeys,
  type Hello,
  isCredentialProven,
  Opener,
  type PairKeys,
  type PairRoom,
  proveCredential,
  Sealer,
} from "../crypto/pair.ts";

const pairIdBytes = 8;

/** What this client is in all of its pairs. */
export interface OwnSide {
  readonly room: PairRoom;
  readonly signingKey: () => Promise<SigningKey>;
  readonly instance: string;
  /** The features that this client announces. */
  readonly features: readonly string[];
}

/** What a sealed message was. */
export type Found =
  /** A message that the keys in use have opened; undefined for an unknown one. */
  | { readonly type: "opened"; readonly message: RelayMessage | undefined }
  /**
   * A credential that was proven under keys that were made last.
   * @property isComplete whether all that was sealed before under the keys in use has arrived (Y13)
   * @property wants the kinds of tracks that are requested with the proof (M10)
   */
  | {
      readonly type: "met";
      readonly credential: string;
      readonly isComplete: boolean;
      readonly wants: readonly string[] | undefined;
    }
  /** One that is not the next one that opens, or a credential that is not proven. */
  | { readonly type: "broken" | "failed" };

/** The keys that two clients have made, as this one has them. */
class Pair {
  readonly keys: PairKeys;
  readonly id: string;
  readonly #sealer: Sealer;
  readonly #opener: Opener;

  /** Begins at 0 in both directions. @param own and `theirs` are instances */
  constructor(keys: PairKeys, roomHash: string, own: string, theirs: string) {
    this.keys = keys;
    this.id = encodeBytes(keys.transcript.slice(0, pairIdBytes));
    this.#sealer = new Sealer(keys.sealing, { roomHash, sender: own, receiver: theirs, epoch: 0 });
    this.#opener = new Opener(keys.opening, { roomHash, sender: theirs, receiver: own, epoch: 0 });
  }

  async seal(plaintext: Bytes): Promise<Sealed> {
    const { number, ciphertext } = await this.#sealer.seal(plaintext);
    return { sealed: { pair: this.id, number, data: encodeBytes(ciphertext) } };
  }

  async open({ sealed: { number, data } }: Sealed): Promise<Bytes | undefined> {
    const ciphertext = decodeBytes(data);
    return ciphertext && this.#opener.open({ number, ciphertext });
  }
}

/** A credential, as it was said. */
type Proven = Extract<RelayMessage, { credential: unknown }>["credential"];

/** Keys that are being made, or were made last and are not proven yet. */
interface Making {
  pair?: Pair;
}

/** The keys of this client towards one member. What is forgotten meanwhile is not made any more. */
export class MemberKeys {
  readonly #own: OwnSide;
  #said: { readonly keys: EphemeralKeys; readonly hello: Hello } | undefined;
  #made: Making | undefined;
  #used: Pair | undefined;
  /** The messages that were sealed for the member, whatever the keys, credentials apart. */
  sent = 0;
  /** The sealed messages of the member that have come, opened or not, credentials apart (Y18). */
  arrived = 0;
  /** The messages that were opened of it, whatever the keys. */
  #heard = 0;
  /** The highest number that has come under each of the keys that were made last. */
  readonly #numbers = new Map<string, number>();

  constructor(own: OwnSide) {
    this.#own = own;
  }

  /** Draws keys, in place of those that the member has not answered. @returns the hello with them (Y3) */
  async hello(nonce: Bytes, answers?: string): Promise<Identify | undefined> {
    const { instance, features } = this.#own;
    const keys = await EphemeralKeys.draw();
    this.#said = { keys, hello: await keys.hello({ instance, nonce, features }) };
    return this.helloAgain(answers);
  }

  /** The hello that was said last, and has made no keys yet; undefined without one. */
  helloAgain(answers?: string): Identify | undefined {
    const { instance, features } = this.#own;
    const hello = this.#said?.hello;
    if (!hello) return undefined;
    return {
      identify: {
        username: "",
        instance,
        features: [...features],
        nonce: encodeBytes(hello.nonce),
        p256: encodeBytes(hello.p256),
        ...(hello.x25519.length > 0 ? { x25519: encodeBytes(hello.x25519) } : {}),
        ...(answers === undefined ? {} : { answers }),
      },
    };
  }

  /** Begins to make keys, in place of those that are not proven yet. */
  begin(): Making {
    return (this.#made = {});
  }

  /**
   * Makes keys with the member's hello. @param wants the kinds of tracks that are requested with the own proof (M10)
   * @returns the own credential, or undefined when no keys come of it
   */
  async make(making: Making, { identify }: Identify, wants?: string[]): Promise<Sealed | undefined> {
    const [{ room, instance, signingKey }, said, theirs] = [this.#own, this.#said, helloOf(identify)];
    this.#said = undefined;
    const keys = said && theirs && (await derivePair(room, said.keys, said.hello, theirs));
    if (!keys || !theirs) return undefined;
    const pair = new Pair(keys, room.roomHash, instance, theirs.instance);
    const key = await signingKey();
    const signature = encodeBytes(await proveCredential(keys, key));
    if (this.#made !== making) return undefined;
    making.pair = pair;
    this.#numbers.set(pair.id, 0);
    const [oldest] = this.#numbers.keys();
    if (this.#numbers.size > limits.hellos && oldest !== undefined) this.#numbers.delete(oldest);
    const proof = { key: key.credential.text, signature, sent: this.sent };
    return pair.seal(encoded({ credential: wants ? { ...proof, wants } : proof }));
  }

  /** Uses the keys that were made last. */
  use(): void {
    if (this.#made?.pair) this.#used = this.#made.pair;
    this.#made = undefined;
  }

  /** Forgets the keys that were made last. */
  drop(): void {
    this.#made = undefined;
  }

  /** The way to seal with the keys that are in use now, whichever are later; undefined without any. */
  sealer(): ((plaintext: Bytes) => Promise<Sealed>) | undefined {
    const used = this.#used;
    return (
      used &&
      ((plaintext) => {
        this.sent += 1;
        return used.seal(plaintext);
      })
    );
  }

  /** Opens a message with the keys that it names (Y5). */
  async open(message: Sealed): Promise<Found> {
    this.#noteArrival(message);
    const [used, made] = [this.#used, this.#made];
    const isUsed = used?.id === message.sealed.pair;
    const pair = isUsed ? used : made?.pair;
    const plaintext = pair?.id === message.sealed.pair ? await pair.open(message) : undefined;
    if (!pair || !plaintext) return { type: "broken" };
    if (isUsed) {
      this.#heard += 1;
      return { type: "opened", message: decoded(plaintext) };
    }
    const proven = await provenBy(pair, decoded(plaintext));
    // Nobody waits for keys that were dropped meanwhile, and what was proven is not true of others.
    if (made !== this.#made) return { type: "broken" };
    if (!proven) return { type: "failed" };
    const isComplete = proven.sent === this.#heard;
    this.#heard = this.arrived = proven.sent;
    return { type: "met", credential: proven.key, isComplete, wants: proven.wants };
  }

  /** Counts a message, once: a server can repeat those that it has, under the numbers that they have. */
  #noteArrival({ sealed: { pair, number } }: Sealed): void {
    if (number <= (this.#numbers.get(pair) ?? Infinity)) return;
    this.#numbers.set(pair, number);
    this.arrived += 1;
  }
}

export const encoded = (message: RelayMessage): Bytes => new TextEncoder().encode(JSON.stringify(message));

/** Verifies the first message under new keys (Y4). @returns the credential that it proves */
async function provenBy(made: Pair, message: RelayMessage | undefined): Promise<Proven | undefined> {
  if (!message || !("credential" in message)) return undefined;
  const credential = await Credential.parse(message.credential.key);
  const signature = decodeBytes(message.credential.signature);
  const isProven = credential && signature && (await isCredentialProven(made.keys, credential, signature));
  return isProven ? message.credential : undefined;
}

/** @returns the hello in a message, whose form is looked at when a pair is derived */
function helloOf({ instance, features = [], ...said }: Identify["identify"]): Hello | undefined {
  const [nonce, p256, x25519] = [said.nonce, said.p256, said.x25519].map((text = "") => decodeBytes(text));
  return instance !== undefined && nonce && p256 && x25519 ? { instance, nonce, p256, x25519, features } : undefined;
}

function decoded(plaintext: Bytes): RelayMessage | undefined {
  try {
    return parse(decodeRelayMessage, new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plaintext));
  } catch (error) {
    if (error instanceof Malformed || error instanceof TypeError) return undefined;
    throw error;
  }
}
