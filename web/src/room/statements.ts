// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Statements of names: those of this client are signed, those of others verified, and all of them hashed (Y6, Y7). What
 * is signed and said when is decided in `core/roster.ts`.
 */

import type { MemberStatement } from "../core/roster-orders.ts";
import { decodeBytes, encodeBytes, sha256 } from "../crypto/encoding.ts";
import {
  encodeNameStatement,
  isNameSigned,
  type NameStatement,
  type RosterEntry,
  rosterHash,
} from "../crypto/statements.ts";
import type { OwnSide } from "./pair-keys.ts";

/** A name of this client, and its number. */
interface OwnName {
  readonly number: number;
  readonly name: string;
}

/** The statements of one stay in one room. */
export class Statements {
  readonly #own: OwnSide;
  #signed: { readonly number: number; readonly signature: Promise<string> } | undefined;

  constructor(own: OwnSide) {
    this.#own = own;
  }

  /** Signs a name of this client, once: all are told the same bytes. */
  sign(own: OwnName): Promise<string> {
    if (this.#signed?.number !== own.number) this.#signed = { number: own.number, signature: this.#signAnew(own) };
    return this.#signed.signature;
  }

  /** The statement of this client as a roster has it, under the id that the server gave it. */
  async own(id: number, { number, name }: OwnName): Promise<MemberStatement> {
    const [{ credential }, signature] = await Promise.all([this.#own.signingKey(), this.sign({ number, name })]);
    return { id, key: credential.text, instance: this.#own.instance, number, name, signature };
  }

  /** @returns whether a statement is rightly signed */
  async isSigned(statement: MemberStatement): Promise<boolean> {
    const signature = decodeBytes(statement.signature);
    return signature !== undefined && isNameSigned(this.#asSigned(statement), signature);
  }

  /** @returns the hash of a roster with the own name (Y7) */
  async roster(own: OwnName, statements: readonly MemberStatement[]): Promise<string> {
    const seen = [await this.#ownStatement(own), ...statements.map((each) => this.#asSigned(each))];
    return encodeBytes(await rosterHash(this.#own.room.roomHash, await Promise.all(seen.map(entryOf))));
  }

  async #signAnew(own: OwnName): Promise<string> {
    const key = await this.#own.signingKey();
    return encodeBytes(await key.sign(encodeNameStatement(await this.#ownStatement(own))));
  }

  async #ownStatement(own: OwnName): Promise<NameStatement> {
    const { credential } = await this.#own.signingKey();
    return { ...own, roomHash: this.#own.room.roomHash, credential: credential.text, instance: this.#own.instance };
  }

  #asSigned({ key, instance, number, name }: MemberStatement): NameStatement {
    return { roomHash: this.#own.room.roomHash, credential: key, instance, number, name };
  }
}

async function entryOf(statement: NameStatement): Promise<RosterEntry> {
  const { credential, instance, number } = statement;
  return { credential, instance, number, statementHash: await sha256(encodeNameStatement(statement)) };
}
