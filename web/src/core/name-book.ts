// SPDX-License-Identifier: AGPL-3.0-only
/** The statements of names that were seen in a stay, and proofs that a member has made two that differ (Y15, Y17). */

import { limits } from "./limits.ts";
import type { MemberStatement } from "./roster-orders.ts";

/** A credential and an instance, as one text. */
export type Bearer = string;

/** Who has made a statement: no credential has a blank. */
export const bearerOf = ({ key, instance }: Owner): Bearer => `${key} ${instance}`;

/** What a member has proven to be. */
export type Owner = Pick<MemberStatement, "key" | "instance">;

/** The names of a credential and instance, as far as statements of them were seen. */
interface Known {
  newest: MemberStatement;
  /** Two statements of one number that differ: their owner says different things to different people. */
  proof?: readonly [MemberStatement, MemberStatement];
  /** Whether the person was warned of its names. */
  isWarnedOf: boolean;
  /** Whether the person was warned that its words do not arrive. */
  isWithheld: boolean;
  /** Whether it was the witness that somebody is hidden. */
  hasWarned: boolean;
  /** Pauses in a row without a word of it, while its direct way brought something. */
  unheard: number;
}

/** The newest statement of each credential and instance, those that have left included. */
export class NameBook {
  readonly #known = new Map<Bearer, Known>();

  /** What is known of somebody. */
  of(owner: Owner | undefined): Known | undefined {
    return owner && this.#known.get(bearerOf(owner));
  }

  /** Takes note of a word of somebody, other than its name, which says nothing new. */
  heard(owner: Owner): void {
    const known = this.of(owner);
    if (known) known.unheard = 0;
  }

  /**
   * Counts a pause without a word of members (Y18).
   * @param heard the ids of those whose direct way brings something; who is there twice needs one of them
   * @returns those of whom there were too many now
   */
  paused(
    members: readonly { readonly id: number; readonly owner?: Owner | undefined }[],
    heard: readonly number[],
  ): number[] {
    const clients = new Map<Known, number>();
    const there = members.flatMap(({ id, owner }) => {
      const known = this.of(owner);
      if (known && heard.includes(id)) clients.set(known, id);
      return known ?? [];
    });
    return [...new Set(there)].flatMap((known) => {
      const client = clients.get(known);
      // Who was told of stays so until there is a word.
      if (client !== undefined) known.unheard += 1;
      else if (known.unheard < limits.unheardPauses) known.unheard = 0;
      return client !== undefined && known.unheard === limits.unheardPauses ? client : [];
    });
  }

  /**
   * Takes a rightly signed statement, and tells what it is; nobody who is `there` is forgotten for it. It is one "again" if
   * it has a larger number than the newest one and the same name.
   */
  take(statement: MemberStatement, there: ReadonlyMap<Bearer, unknown>): "old" | "same" | "again" | "new" | "proof" {
    const known = this.#known.get(bearerOf(statement));
    if (!known) {
      const unknown = { newest: statement, isWarnedOf: false, isWithheld: false, hasWarned: false, unheard: 0 };
      this.#known.set(bearerOf(statement), unknown);
      this.#forgetOne(bearerOf(statement), there);
      return "new";
    }
    const { newest } = known;
    if (statement.number > newest.number) {
      known.newest = statement;
      return statement.name === newest.name ? "again" : "new";
    }
    if (statement.number < newest.number) return "old";
    if (statement.name === newest.name) return "same";
    if (known.proof) return "old";
    known.proof = [newest, statement];
    return "proof";
  }

  /** Takes a proof that somebody has passed on. @returns whether it is the first one */
  prove(one: MemberStatement, other: MemberStatement): boolean {
    const known = this.#known.get(bearerOf(one));
    if (!known || known.proof) return false;
    known.proof = [one, other];
    return true;
  }

  /**
   * Notes who is the witness that somebody is hidden. Who comes again, with another instance, is the same witness.
   * @returns whether its credential was none before
   */
  isNewWitness(owner: Owner | undefined): boolean {
    const known = this.of(owner);
    const isSame = ({ newest, hasWarned }: Known): boolean => hasWarned && newest.key === owner?.key;
    if (!known || [...this.#known.values()].some(isSame)) return false;
    known.hasWarned = true;
    return true;
  }

  /** The newest statements of those who are there; who contradicts itself has none (Y7). */
  roster(there: ReadonlyMap<Bearer, unknown>): MemberStatement[] {
    return [...there.keys()].flatMap((bearer) => {
      const known = this.#known.get(bearer);
      return known && !known.proof ? [known.newest] : [];
    });
  }

  /**
   * What others are told of those who are there, by what each has said last, and the ids of all. A statement is told with
   * an id under which its owner is there. Of who contradicts itself the proof is told.
   */
  answer(
    there: ReadonlyMap<Bearer, MemberStatement>,
    present: { readonly has: (id: number) => boolean },
  ): MemberStatement[] {
    return [...there].flatMap(([bearer, said]) => {
      const { newest, proof } = this.#known.get(bearer) ?? { newest: said };
      return proof ?? [present.has(newest.id) ? newest : said];
    });
  }

  /**
   * The statements of who is there that say something new, each with the one that contradicts it.
   * @param leftOut those instead of which a member has said something else here
   */
  newsOf(
    statements: readonly MemberStatement[],
    there: ReadonlyMap<Bearer, unknown>,
    leftOut: ReadonlySet<MemberStatement>,
  ): (readonly [MemberStatement, MemberStatement?])[] {
    const byNumber = new Map<string, MemberStatement>();
    return statements.flatMap((statement): (readonly [MemberStatement, MemberStatement?])[] => {
      const bearer = bearerOf(statement);
      const known = this.#known.get(bearer);
      if (!there.has(bearer) || !known || known.proof) return [];
      const place = `${statement.number} ${bearer}`;
      const first = byNumber.get(place) ?? statement;
      byNumber.set(place, first);
      if (first.name !== statement.name) return [[first, statement]];
      const { number, name } = known.newest;
      const isNews = statement.number > number || (statement.number === number && statement.name !== name);
      return isNews || (!known.isWarnedOf && leftOut.has(statement)) ? [[statement]] : [];
    });
  }

  /** Forgets whoever was seen first and is not there, when there are too many. */
  #forgetOne(newest: Bearer, there: ReadonlyMap<Bearer, unknown>): void {
    if (this.#known.size <= limits.statements) return;
    const first = [...this.#known.keys()].find((bearer) => bearer !== newest && !there.has(bearer));
    if (first !== undefined) this.#known.delete(first);
  }
}
