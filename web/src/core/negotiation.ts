// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Perfect negotiation with one peer (N1, N4 to N8, L6): decides what to do with descriptions and candidates, one
 * operation at a time. Owns no connection: effects are orders to the engine, events its reports.
 */

import { limits } from "./limits.ts";
import type { IceCandidate, RelayMessage } from "./relay-messages.ts";

export interface Description {
  readonly type: "offer" | "answer";
  readonly sdp: string;
}

export type NegotiationEvent =
  /** The engine wants a new offer. */
  | { readonly type: "negotiation-needed" }
  /** What the peer sent, in the order of arrival. */
  | { readonly type: "description-received"; readonly description: Description }
  | { readonly type: "candidate-received"; readonly candidate: IceCandidate }
  /** The engine carried out an order … */
  | { readonly type: "local-description-set"; readonly description: Description }
  | { readonly type: "remote-description-set" }
  | { readonly type: "rolled-back" }
  /** … or could not. */
  | { readonly type: "operation-failed"; readonly signaling: SignalingState }
  | { readonly type: "candidate-gathered"; readonly candidate: IceCandidate }
  /** The peer is back after signaling was lost (L6). */
  | { readonly type: "resumed"; readonly connected: boolean };

export type NegotiationEffect =
  | { readonly type: "set-local-description" }
  | { readonly type: "set-remote-description"; readonly description: Description }
  | { readonly type: "add-candidate"; readonly candidate: IceCandidate }
  | { readonly type: "roll-back" }
  | { readonly type: "send"; readonly message: RelayMessage }
  /** Close the connection and take the streams to a new one (N8). */
  | { readonly type: "replace-connection" }
  /** Too many failures in a row (N7). */
  | { readonly type: "give-up" };

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
  /** What the peer sent and no operation has taken yet (N6). */
  readonly #inbox: Incoming[] = [];
  /** Candidates that came before the description that they belong to (N4, N6). */
  readonly #early: IceCandidate[] = [];
  #taking: Description | undefined;
  /** The session id in the peer's last description (N8). */
  #remoteOrigin: string | undefined;
  #offer: Description | undefined;
  #gathered: IceCandidate[] = [];

  /**
   * @param polite whether this side yields when offers collide (N5)
   * @param replaceable whether a new origin means a new connection: the peer has an instance (N8)
   */
  constructor(
    private polite: boolean,
    private replaceable: boolean,
  ) {}

  /** What the constructor was told has changed. */
  become(polite: boolean, replaceable: boolean): void {
    this.polite = polite;
    this.replaceable = replaceable;
  }

  get hasGivenUp(): boolean {
    return this.#gaveUp;
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
      case "resumed":
        return this.#resumed(event.connected);
    }
  }

  #receive(incoming: Incoming): NegotiationEffect[] {
    if (this.#inbox.length < limits.negotiationInbox) this.#inbox.push(incoming);
    return [];
  }

  /** Takes from the inbox, and offers when that is wanted, until an operation is under way or nothing is left. */
  #proceed(): NegotiationEffect[] {
    const effects: NegotiationEffect[] = [];
    while (!this.#operation && !this.#gaveUp) {
      const incoming = this.#inbox.shift();
      if (incoming) {
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
    const collides = this.#signaling === "have-local-offer";
    if (description.type === "answer") {
      return collides ? this.#take(description, "taking-answer") : [];
    }
    const replaces = this.#isFromNewConnection(description);
    if (collides && !this.polite && !replaces) {
      this.#isIgnoring = true;
      return [];
    }
    if (replaces) this.#forgetConnection();
    const effects = this.#take(description, "taking-offer");
    return replaces ? [{ type: "replace-connection" }, ...effects] : effects;
  }

  #take(description: Description, operation: Operation): NegotiationEffect[] {
    this.#taking = description;
    this.#operation = operation;
    return [{ type: "set-remote-description", description }];
  }

  #takeCandidate(candidate: IceCandidate): NegotiationEffect[] {
    if (this.#remoteOrigin !== undefined && !this.#isIgnoring) return [{ type: "add-candidate", candidate }];
    if (this.#early.length < limits.negotiationInbox) this.#early.push(candidate);
    return [];
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
    return [{ type: "send", message: { answer: description.sdp } }];
  }

  #remoteDescriptionSet(): NegotiationEffect[] {
    const answers = this.#operation === "taking-offer";
    this.#remoteOrigin = originOf(this.#taking?.sdp ?? "");
    this.#isIgnoring = false;
    this.#signaling = answers ? "have-remote-offer" : "stable";
    this.#operation = answers ? "answering" : undefined;
    if (!answers) this.#failures = 0;
    const early = this.#early.splice(0).map((candidate) => ({ type: "add-candidate", candidate }) as const);
    return answers ? [...early, { type: "set-local-description" }] : early;
  }

  #operationFailed(signaling: SignalingState): NegotiationEffect[] {
    // An own offer that was taken back for one that could not be applied is still owed.
    if (this.#operation === "taking-offer" && this.#signaling === "have-local-offer") this.#needed = true;
    this.#operation = undefined;
    this.#signaling = signaling;
    this.#failures += 1;
    if (this.#failures >= limits.negotiationFailures) {
      this.#gaveUp = true;
      return [{ type: "give-up" }];
    }
    if (signaling === "stable") return [];
    this.#operation = "rolling-back";
    return [{ type: "roll-back" }];
  }

  #resumed(connected: boolean): NegotiationEffect[] {
    const effects: NegotiationEffect[] = [];
    if (this.#signaling === "have-local-offer" && this.#offer) {
      effects.push({ type: "send", message: { offer: this.#offer.sdp } });
    }
    if (!connected) effects.push(...this.#gathered.map(sendCandidate));
    return effects;
  }

  #isFromNewConnection(offer: Description): boolean {
    return this.replaceable && this.#remoteOrigin !== undefined && originOf(offer.sdp) !== this.#remoteOrigin;
  }

  #forgetConnection(): void {
    this.#signaling = "stable";
    this.#needed = false;
    this.#isIgnoring = false;
    this.#remoteOrigin = undefined;
    this.#offer = undefined;
    this.#gathered = [];
  }
}

const sendCandidate = (candidate: IceCandidate): NegotiationEffect => ({
  type: "send",
  message: { ice_candidate: candidate },
});

/** The session id of an SDP's origin line (RFC 8866, section 5.2). */
const originOf = (sdp: string): string => /^o=\S+ (?<id>\S+)/m.exec(sdp)?.groups?.["id"] ?? "";
