// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Perfect negotiation with one peer (N1, N4 to N8, N10, N19, N20, L6): decides what to do with descriptions and
 * candidates, one operation at a time. Owns no connection: effects are orders to the engine, events its reports.
 */

import {
  candidatesIn,
  type Description,
  EndedOrigins,
  isAcceptable,
  mayAnswer,
  namingOffer,
  originOf,
} from "./descriptions.ts";
import { Generations } from "./generations.ts";
import { limits } from "./limits.ts";
import type { NegotiationEffect } from "./negotiation-effects.ts";
import type { IceCandidate } from "./relay-messages.ts";

export type NegotiationEvent =
  /** The engine wants a new offer. */
  | { readonly type: "negotiation-needed" }
  /** The peer sent a description; like candidates, in the order of arrival. */
  | { readonly type: "description-received"; readonly description: Description }
  | { readonly type: "candidate-received"; readonly candidate: IceCandidate }
  /** The engine carried out an order. */
  | { readonly type: "local-description-set"; readonly description: Description }
  | { readonly type: "remote-description-set" }
  | { readonly type: "rolled-back" }
  /** The engine could not carry out an order. */
  | { readonly type: "operation-failed"; readonly signaling: SignalingState }
  | { readonly type: "candidate-gathered"; readonly candidate: IceCandidate }
  /** An own offer that is out will not be answered any more, or is out of date; the engine makes another one (N15). */
  | { readonly type: "unanswered" }
  /** The peer is back after signaling was lost (L6). */
  | { readonly type: "resumed"; readonly connected: boolean };

export type SignalingState = "stable" | "have-local-offer" | "have-remote-offer";
type Operation = "offering" | "taking-offer" | "answering" | "taking-answer" | "rolling-back";
type Incoming = { readonly description: Description } | { readonly candidate: IceCandidate };

export class Negotiation {
  #signaling: SignalingState = "stable";
  #operation: Operation | undefined;
  #needed = false;
  /** An offer was ignored: which description a candidate belongs to will be known with the next one (N4). */
  #isIgnoring = false;
  #gaveUp = false;
  #failures = 0;
  /** Descriptions and candidates of the peer that no operation has taken yet (N6). */
  readonly #inbox: Incoming[] = [];
  #inboxLength = 0;
  /** Candidates of the peer's last description, those inside it included (N10). */
  #candidates = 0;
  /** Whether the peer may begin a new connection: not if it has just done so too often (N10). */
  mayRenew = true;
  /** Candidates that came before the description that they belong to (N4, N6). */
  readonly #early: IceCandidate[] = [];
  #taking: Description | undefined;
  #generations = new Generations();
  /** The session id in the peer's last description (N8). */
  #remoteOrigin: string | undefined;
  /** Whether the peer knows this side's origin. */
  #isKnown = false;
  #offer: Description | undefined;
  #gathered: IceCandidate[] = [];

  /**
   * @param polite whether this side yields when offers collide (N5)
   * @param replaceable whether a new origin means a new connection: the peer has an instance (N8)
   * @param ended those of the session, by all its negotiations
   */
  constructor(
    private polite: boolean,
    private replaceable: boolean,
    private readonly ended = new EndedOrigins(),
  ) {}

  /** Takes over new values for what the constructor was told. */
  become(polite: boolean, replaceable: boolean): void {
    this.polite = polite;
    this.replaceable = replaceable;
  }

  get hasGivenUp(): boolean {
    return this.#gaveUp;
  }

  /** Whether an own offer is out. */
  get hasOffered(): boolean {
    return this.#signaling === "have-local-offer";
  }

  /** Whether an offer of the peer looks for another way than it has named so far, and will be taken (N4). */
  beginsIceAnew(sdp: string): boolean {
    const isIgnored = this.hasOffered && !this.polite;
    return !isIgnored && this.#generations.isNext(sdp);
  }

  handle(event: NegotiationEvent): NegotiationEffect[] {
    if (this.#gaveUp) return [];
    const effects = this.#note(event);
    return [...effects, ...this.#proceed()];
  }

  #note(event: NegotiationEvent): NegotiationEffect[] {
    switch (event.type) {
      case "negotiation-needed":
        this.#needed = true;
        return [];
      case "description-received":
        return this.#receive({ description: event.description });
      case "candidate-received":
        return this.#receive({ candidate: event.candidate });
      case "local-description-set":
        return this.#localDescriptionSet(event.description);
      case "remote-description-set":
        return this.#remoteDescriptionSet();
      case "rolled-back":
        this.#operation = undefined;
        this.#signaling = "stable";
        return [];
      case "operation-failed":
        return this.#operationFailed(event.signaling);
      case "candidate-gathered":
        this.#gathered = [...this.#gathered, event.candidate].slice(-limits.candidates);
        return [sendCandidate(event.candidate)];
      case "unanswered":
        return this.#operation || !this.hasOffered ? [] : this.#takeBack();
      case "resumed":
        return this.#resumed(event.connected);
    }
  }

  #receive(incoming: Incoming): NegotiationEffect[] {
    const length = this.#inboxLength + lengthOf(incoming);
    if (this.#inbox.length < limits.negotiationInbox && length <= limits.inboxLength) {
      this.#inbox.push(incoming);
      this.#inboxLength = length;
    }
    return [];
  }

  /** Takes from the inbox, and offers when that is wanted, until an operation is under way or nothing is left. */
  #proceed(): NegotiationEffect[] {
    const effects: NegotiationEffect[] = [];
    while (!this.#operation && !this.#gaveUp) {
      const incoming = this.#inbox.shift();
      if (incoming) {
        this.#inboxLength -= lengthOf(incoming);
        effects.push(
          ...("candidate" in incoming
            ? this.#takeCandidate(incoming.candidate)
            : this.#takeDescription(incoming.description)),
        );
      } else if (this.#needed && this.#signaling === "stable") {
        this.#needed = false;
        this.#gathered = [];
        this.#operation = "offering";
        effects.push({ type: "set-local-description" });
      } else {
        break;
      }
    }
    return effects;
  }

  #takeDescription(description: Description): NegotiationEffect[] {
    const collides = this.hasOffered;
    if (description.type === "answer") {
      if (!collides || this.#isOutdated(description) || !this.#isAnsweredBy(description)) return [];
      if (!isAcceptable(description.sdp)) return this.#operationFailed(this.#signaling);
      if (this.#isFromNewConnection(description)) return this.#answeredByNewConnection();
      return this.#take(description, "taking-answer");
    }
    if (!isAcceptable(description.sdp)) {
      this.#isIgnoring = true;
      return this.#failed(false);
    }
    const replaces = this.#isFromNewConnection(description);
    const renews = collides && this.#remoteOrigin === undefined;
    const isLate = (replaces || renews) && !this.mayRenew;
    // The peer will take this side's offer, which for the peer is one of a new connection.
    const isOutdated = renews && this.#isOutdated(description);
    if (isLate || isOutdated || (collides && !this.polite && !replaces)) {
      this.#isIgnoring = true;
      return [];
    }
    if (replaces || renews) this.#forgetConnection();
    else if (collides) {
      // Engines can do so by themselves, but Firefox then refuses an offer that restarts ICE.
      this.#inbox.unshift({ description });
      this.#inboxLength += description.sdp.length;
      return this.#takeBack();
    }
    const effects = this.#take(description, "taking-offer");
    if (replaces) return [{ type: "replace-connection" }, ...effects];
    return renews ? [{ type: "renew-connection" }, ...effects] : effects;
  }

  #takeBack(): NegotiationEffect[] {
    this.#operation = "rolling-back";
    return [{ type: "roll-back" }];
  }

  /** Begins anew as well: the answer does not fit what was agreed on with the connection that is gone (N8). */
  #answeredByNewConnection(): NegotiationEffect[] {
    if (!this.mayRenew) return this.#operationFailed(this.#signaling);
    this.#forgetConnection();
    // The engine of the new connection wants no offer where nothing is sent, and the peer waits for one.
    this.#needed = true;
    return [{ type: "replace-connection" }];
  }

  #take(description: Description, operation: Operation): NegotiationEffect[] {
    this.#taking = description;
    this.#operation = operation;
    return [{ type: "set-remote-description", description: this.#generations.description(description) }];
  }

  #takeCandidate(candidate: IceCandidate): NegotiationEffect[] {
    if (this.#remoteOrigin === undefined || this.#isIgnoring) {
      if (this.#early.length < limits.remoteCandidates) this.#early.push(candidate);
      return [];
    }
    this.#candidates += 1;
    if (this.#candidates > limits.remoteCandidates) return [];
    return [{ type: "add-candidate", candidate: this.#generations.candidate(candidate) }];
  }

  #localDescriptionSet(description: Description): NegotiationEffect[] {
    this.#operation = undefined;
    if (description.type === "offer") {
      this.#signaling = "have-local-offer";
      this.#offer = description;
      return [{ type: "send", message: { offer: description.sdp } }];
    }
    this.#signaling = "stable";
    this.#failures = 0;
    return [{ type: "send", message: { answer: this.#named(description.sdp) } }];
  }

  /** Lets an answer name its offer, which may be taken back by now (N19); other clients need not know that line. */
  #named(answer: string): string {
    return this.replaceable && this.#taking ? namingOffer(answer, this.#taking.sdp) : answer;
  }

  #isAnsweredBy({ sdp }: Description): boolean {
    return this.#offer !== undefined && mayAnswer(sdp, this.#offer.sdp);
  }

  #remoteDescriptionSet(): NegotiationEffect[] {
    const answers = this.#operation === "taking-offer";
    const sdp = this.#taking?.sdp ?? "";
    this.#remoteOrigin = originOf(sdp);
    this.#isIgnoring = false;
    this.#signaling = answers ? "have-remote-offer" : "stable";
    this.#operation = answers ? "answering" : undefined;
    if (!answers) {
      this.#failures = 0;
      this.#isKnown = true;
    }
    this.#candidates = candidatesIn(sdp);
    const early = this.#early.splice(0).flatMap((candidate) => this.#takeCandidate(candidate));
    if (!answers) return early;
    return [...early, { type: "set-local-description", ...(this.replaceable ? {} : { passive: true }) }];
  }

  #operationFailed(signaling: SignalingState): NegotiationEffect[] {
    // An engine that cannot make an offer will not be able to the next time.
    const isStuck = this.#operation === "offering";
    // An answer before it may be lost, and with it how the two ends are to reach each other now.
    const isRefused = this.#operation === "taking-answer" && this.replaceable;
    this.#operation = undefined;
    this.#signaling = signaling;
    const effects = this.#failed(isStuck);
    if (effects.length > 0 || signaling === "stable") return effects;
    return [...(isRefused ? [{ type: "restart-ice" } as const] : []), ...this.#takeBack()];
  }

  /** Counts a failure, and gives up after too many (N7). */
  #failed(isStuck: boolean): NegotiationEffect[] {
    this.#failures += 1;
    if (!isStuck && this.#failures < limits.negotiationFailures) return [];
    this.#gaveUp = true;
    return [{ type: "give-up" }];
  }

  #resumed(connected: boolean): NegotiationEffect[] {
    const effects: NegotiationEffect[] = [];
    if (this.hasOffered && !this.#operation && this.#offer) {
      effects.push({ type: "send", message: { offer: this.#offer.sdp } });
    }
    if (!connected) effects.push(...this.#gathered.map(sendCandidate));
    return effects;
  }

  #isFromNewConnection({ sdp }: Description): boolean {
    return this.replaceable && this.#remoteOrigin !== undefined && originOf(sdp) !== this.#remoteOrigin;
  }

  /** Whether a connection that knows nothing of its other end is told something of one that ended here. */
  #isOutdated({ sdp }: Description): boolean {
    return this.replaceable && this.#remoteOrigin === undefined && this.ended.has(originOf(sdp));
  }

  /** Takes note that the connection works. */
  connected(): void {
    this.#isKnown = true;
  }

  /** Forgets what was said of a connection that is closed: nothing of it is worth saying again. */
  close(): void {
    if (this.#isKnown && this.#remoteOrigin !== undefined) this.ended.add(this.#remoteOrigin);
    this.#offer = undefined;
    this.#gathered = [];
  }

  #forgetConnection(): void {
    this.#signaling = "stable";
    this.#needed = false;
    this.#isIgnoring = false;
    this.close();
    this.#remoteOrigin = undefined;
    this.#isKnown = false;
    this.#generations = new Generations();
  }
}

const sendCandidate = (candidate: IceCandidate): NegotiationEffect => ({
  type: "send",
  message: { ice_candidate: candidate },
});

const lengthOf = (incoming: Incoming): number =>
  "candidate" in incoming ? incoming.candidate.candidate.length : incoming.description.sdp.length;
