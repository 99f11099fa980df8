// SPDX-License-Identifier: AGPL-3.0-only
/**
 * The code of the room: nonces are drawn here, commitments checked, and codes made (Y8). What is said when, and whom an
 * end is about, is decided in `core/room-code.ts` (Y20 to Y22). Loaded with the first other member.
 */

import type { Identify, PairTimer } from "../core/pairing-orders.ts";
import { RoomCode } from "../core/room-code.ts";
import type {
  CheckNonce,
  CodeMember,
  CodeMessage,
  Commit,
  MakeCode,
  RoomCodeOrder,
  ShowCode,
} from "../core/room-code-orders.ts";
import { decodeBytes, encodeBytes, sha256 } from "../crypto/encoding.ts";
import { spoken } from "../crypto/spoken.ts";
import { type CodeRun, commitmentOf, encodeNameStatement, type RosterEntry, roomCode } from "../crypto/statements.ts";
import type { OwnSide } from "./pair-keys.ts";

const feature = "sas-1";
const runBytes = 16;
const nonceBytes = 32;

/** Who carries out what is no cryptography. */
export interface RoomCodesListener {
  /** A message is to be sealed for a member. */
  say(client: number, message: CodeMessage): void;
  time(order: Extract<RoomCodeOrder, { type: "start-timer" | "stop-timer" }>): void;
}

/** What becomes of a run, as a person is shown it: whoever it is about stands there by their credential. */
export interface ShownCode extends Pick<ShowCode, "status" | "code" | "why"> {
  /** Who has started it; nobody for this person. */
  readonly by: string | undefined;
  /** The others whom it covers. */
  readonly members: readonly string[];
  /** Those who are waited for. */
  readonly waiting: readonly string[];
  /** Those who were left out, as they did not answer. */
  readonly leftOut: readonly string[];
  /** Those whom the end is about. */
  readonly named: readonly string[];
  /** Who has told of the end; nobody for this client. */
  readonly endedBy: string | undefined;
}

/** The codes of one stay in one room. */
export class RoomCodes {
  readonly #own: OwnSide;
  readonly #listener: RoomCodesListener;
  readonly #machine = new RoomCode();
  readonly #keys = new Map<number, string>();
  /** The names under which members take part, by the hashes of their statements. */
  readonly #names = new Map<number, readonly [string, string]>();
  /** Those who call themselves different things to different people are in no roster, and in no code (Y7). */
  readonly #contradicting = new Set<string>();
  #code: string | undefined;
  /** Whom the newest code covers, and whom the one that is shown: their credentials, with the names that are in it. */
  #made: ReadonlyMap<string, string> = new Map();
  #covered: ReadonlyMap<string, string> = new Map();
  #show: (shown: ShownCode) => void = () => undefined;
  /** What happens is taken one after the other, with all that comes of it: hashes take their time. */
  #last: Promise<void> = Promise.resolve();

  constructor(own: OwnSide, listener: RoomCodesListener) {
    this.#own = own;
    this.#listener = listener;
  }

  /** Messages that nobody should have said so. */
  get ignored(): number {
    return this.#machine.ignored;
  }

  /** @param show is called with what becomes of each run */
  follow(show: (shown: ShownCode) => void): void {
    this.#show = show;
  }

  // Who is there

  /** Takes the own statement. */
  named({ number, name }: { readonly number: number; readonly name: string }): void {
    void this.#then(async () => {
      const { credential } = await this.#own.signingKey();
      return this.#machine.named(await this.#member(credential.text, this.#own.instance, number, name));
    });
  }

  /** Takes what a member says of itself, rightly signed; or finds that it can make no code. */
  identified(client: number, { identify }: Identify, credential: string): Promise<void> {
    return this.#then(async () => {
      this.#keys.set(client, credential);
      const { instance, statement, username, features } = identify;
      const isAble = [this.#own.features, features].every((each) => each?.includes(feature));
      if (!isAble || this.#contradicting.has(credential) || !statement || instance === undefined) {
        return this.#machine.left(client);
      }
      const member = await this.#member(credential, instance, statement.number, username);
      this.#names.set(client, [member.statement, username]);
      return this.#machine.entered(client, member);
    });
  }

  /** Leaves out a member that has two names under one number. */
  contradicts(client: number): void {
    void this.#then(() => {
      const key = this.#keys.get(client);
      if (key !== undefined) this.#contradicting.add(key);
      return this.#machine.left(client);
    });
  }

  left(client: number): void {
    void this.#then(() => {
      this.#keys.delete(client);
      this.#names.delete(client);
      return this.#machine.left(client);
    });
  }

  lost(): void {
    void this.#then(() => {
      this.#keys.clear();
      this.#names.clear();
      return this.#machine.lost();
    });
  }

  // What the person does

  start(): void {
    void this.#then(() => this.#machine.started(random(runBytes)));
  }

  stop(): void {
    void this.#then(() => this.#machine.stopped());
  }

  /**
   * Takes what was found when this code was compared, if it is still the one that is shown.
   * @returns the credentials that it covers, with the names that are in it; undefined if it is another one
   */
  settle(code: string, matches: boolean): ReadonlyMap<string, string> | undefined {
    if (code !== this.#code) return undefined;
    void this.#then(() => (code === this.#code ? this.#machine.settled(matches) : []));
    return this.#covered;
  }

  // What happens

  heard(client: number, message: CodeMessage): Promise<void> {
    // A run without a name that can be hashed is none.
    if ("code_run" in message && !decodeBytes(message.code_run.run, runBytes, runBytes)) return Promise.resolve();
    return this.#then(() => this.#machine.heard(client, message));
  }

  fired(timer: PairTimer): void {
    void this.#then(() => this.#machine.fired(timer, random(runBytes)));
  }

  // Orders

  #then(take: () => RoomCodeOrder[] | Promise<RoomCodeOrder[]>): Promise<void> {
    const next = this.#last.then(async () => this.#follow(await take()));
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Carries orders out; what comes of them waits for that. */
  async #follow(orders: readonly RoomCodeOrder[]): Promise<void> {
    const waiting = [...orders];
    for (let order = waiting.shift(); order; order = waiting.shift()) {
      switch (order.type) {
        case "say-of-code":
          for (const client of order.clients) this.#listener.say(client, order.message);
          break;
        case "show-code":
          this.#code = order.status === "code" ? order.code : undefined;
          this.#covered = this.#made;
          this.#show(this.#shown(order));
          break;
        case "start-timer":
        case "stop-timer":
          this.#listener.time(order);
          break;
        default:
          waiting.push(...(await this.#work(order)));
      }
    }
  }

  async #work(order: Commit | CheckNonce | MakeCode): Promise<RoomCodeOrder[]> {
    const members = order.members.map(entryOf);
    const run: CodeRun = { roomHash: this.#own.room.roomHash, run: bytesOf(order.run), members };
    if (order.type === "make-code") {
      const names = new Map(this.#names.values());
      this.#made = new Map(
        order.members.flatMap(({ key, statement }): [string, string][] => {
          const name = names.get(statement);
          return name === undefined ? [] : [[key, name]];
        }),
      );
      return this.#machine.made(order.run, spoken(await roomCode(run, order.nonces.map(bytesOf))));
    }
    const member = members[order.type === "commit" ? 0 : order.at];
    const nonce = order.type === "commit" ? random(nonceBytes) : order.nonce;
    const isNonce = decodeBytes(nonce, nonceBytes, nonceBytes) !== undefined;
    const commitment = member && isNonce ? encodeBytes(await commitmentOf(run, member, bytesOf(nonce))) : undefined;
    if (order.type === "commit") return this.#machine.committed(order.run, commitment ?? "", nonce);
    return this.#machine.checked(order.run, order.client, commitment === order.commitment);
  }

  #shown({ members, keys, ...order }: ShowCode): ShownCode {
    const found = new Map([...this.#keys, ...members.map((client, at) => [client, keys[at] ?? ""] as const)]);
    const keyOf = (client: number | undefined): string | undefined =>
      client === undefined ? undefined : found.get(client);
    const known = (clients: readonly number[]): string[] => clients.flatMap((client) => keyOf(client) ?? []);
    const { waiting, left_out: leftOut, named, by, ended_by: endedBy, status, code, why } = order;
    return {
      status,
      ...(code === undefined ? {} : { code }),
      ...(why === undefined ? {} : { why }),
      by: keyOf(by),
      members: keys,
      waiting: known(waiting),
      leftOut: known(leftOut),
      named: known(named),
      endedBy: keyOf(endedBy),
    };
  }

  async #member(key: string, instance: string, number: number, name: string): Promise<CodeMember> {
    const statement = { roomHash: this.#own.room.roomHash, credential: key, instance, number, name };
    return { key, instance, number, statement: encodeBytes(await sha256(encodeNameStatement(statement))) };
  }
}

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => decodeBytes(text) ?? new Uint8Array();
const random = (length: number): string => encodeBytes(crypto.getRandomValues(new Uint8Array(length)));
const entryOf = ({ key, instance, number, statement }: CodeMember): RosterEntry => ({
  credential: key,
  instance,
  number,
  statementHash: bytesOf(statement),
});
