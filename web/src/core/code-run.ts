// SPDX-License-Identifier: AGPL-3.0-only
/** One run that makes a code, as far as it has come (Y21). */

import type { CheckNonce, CodeMember, CodeMessage, MakeCode, ShowCode } from "./room-code-orders.ts";

/** A run: its name, who takes part, and what each has said. */
export interface Run {
  readonly id: string;
  /** Who has started it; nobody for oneself. */
  readonly by: number | undefined;
  readonly own: CodeMember;
  /** The others, by the ids that the server gave them. */
  readonly members: ReadonlyMap<number, CodeMember>;
  readonly leftOut: readonly number[];
  readonly restarts: number;
  phase: "committing" | "revealing" | "making" | "code";
  commitment: string | undefined;
  nonce: string | undefined;
  readonly commitments: Map<number, string>;
  readonly nonces: Map<number, string>;
  /** The members whose nonces fit. */
  readonly fitting: Set<number>;
  code: string | undefined;
  /** What the person was shown last, as text. */
  last: string | undefined;
}

export function newRun(
  id: string,
  by: number | undefined,
  own: CodeMember,
  members: ReadonlyMap<number, CodeMember>,
  leftOut: readonly number[] = [],
  restarts = 0,
): Run {
  return {
    id,
    by,
    own,
    members,
    leftOut,
    restarts,
    phase: "committing",
    commitment: undefined,
    nonce: undefined,
    commitments: new Map(),
    nonces: new Map(),
    fitting: new Set(),
    code: undefined,
    last: undefined,
  };
}

/** @returns whether somebody still has to say something */
export const isOpen = ({ phase }: Run): boolean => phase === "committing" || phase === "revealing";

/** @returns whom the code is made of, oneself first */
export const everybody = ({ own, members }: Run): CodeMember[] => [own, ...members.values()];

/** @returns the members that have not said yet what is to come next */
export function waiting(run: Run): number[] {
  const said = run.phase === "committing" ? run.commitments : run.nonces;
  return isOpen(run) ? [...run.members.keys()].filter((client) => !said.has(client)) : [];
}

/** @returns those of a run who can be in the next one: nobody new, and nobody with the credential of who was silent */
export function keptOf(
  { members }: Run,
  silent: readonly number[],
  able: ReadonlyMap<number, CodeMember>,
): Map<number, CodeMember> {
  const kept = new Set([...members.values()].map(({ key }) => key));
  for (const client of silent) kept.delete(members.get(client)?.key ?? "");
  return new Map([...able].filter(([, { key }]) => kept.has(key)));
}

/** @returns whether everybody has committed, oneself included: only then a nonce may be said */
export const hasAllCommitments = ({ commitment, commitments, members }: Run): boolean =>
  commitment !== undefined && commitments.size === members.size;

/** @returns whether everybody has said a nonce that fits */
export const hasAllNonces = ({ fitting, members }: Run): boolean => fitting.size === members.size;

/** @returns the question whether a member's nonce fits */
export function check(run: Run, client: number): CheckNonce {
  const at = 1 + [...run.members.keys()].indexOf(client);
  const [commitment, nonce] = [run.commitments.get(client) ?? "", run.nonces.get(client) ?? ""];
  return { type: "check-nonce", client, run: run.id, members: everybody(run), at, commitment, nonce };
}

/** @returns the order to make the code, when all nonces are there */
export function make(run: Run): MakeCode {
  const others = [...run.members.keys()].map((client) => run.nonces.get(client) ?? "");
  return { type: "make-code", run: run.id, members: everybody(run), nonces: [run.nonce ?? "", ...others] };
}

/** @returns what a person is shown of it while it has not ended */
export function shown(run: Run): ShowCode {
  return {
    type: "show-code",
    status: run.code === undefined ? "running" : "code",
    by: run.by,
    members: [...run.members.keys()],
    keys: [...run.members.values()].map(({ key }) => key),
    waiting: waiting(run),
    left_out: run.leftOut,
    code: run.code,
    named: [],
  };
}

/** @returns the name of the run that a message is about */
export function runOf(message: CodeMessage): string {
  if ("code_run" in message) return message.code_run.run;
  if ("code_commitment" in message) return message.code_commitment.run;
  return "code_nonce" in message ? message.code_nonce.run : message.code_end.run;
}

/** @returns a member, as text: those are the same whose texts are */
export const textOf = ({ key, instance, number, statement }: CodeMember): string =>
  JSON.stringify([key, instance, number, statement]);
/** @returns who a member is, whatever it is called */
export const bearerOf = ({ key, instance }: CodeMember): string => JSON.stringify([key, instance]);
