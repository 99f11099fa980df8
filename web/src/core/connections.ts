// SPDX-License-Identifier: AGPL-3.0-only
/** The peer connections of a session: when there is one, what goes over it, and what happens when it fails (N2, N5, N7 to N10). */

import { EndedOrigins } from "./descriptions.ts";
import type { ConnectionState } from "./events.ts";
import { limits, times } from "./limits.ts";
import { Negotiation, type NegotiationEvent } from "./negotiation.ts";
import type { Outbox } from "./outbox.ts";
import { pauseBefore } from "./pauses.ts";
import type { Peer } from "./peer.ts";
import type { Request } from "./relay-messages.ts";
import type { OwnResources } from "./resources.ts";
import type { SessionOptions } from "./view.ts";

/** How often the pause between attempts at another way doubles. */
const doublings = 3;

export class Connections {
  readonly #instance: string;
  readonly #features: readonly string[];
  readonly #own: OwnResources;
  readonly #out: Outbox;
  readonly #ended = new EndedOrigins();

  constructor({ instance, features }: Pick<SessionOptions, "instance" | "features">, own: OwnResources, out: Outbox) {
    this.#instance = instance;
    this.#features = features;
    this.#own = own;
    this.#out = out;
  }

  /** Makes a connection to a peer when there is none (N2). */
  ensure(peer: Peer): void {
    if (peer.negotiation) return;
    peer.negotiation = this.#negotiationWith(peer);
    this.#out.add({ type: "open-connection", peer: peer.key });
  }

  negotiate(peer: Peer, event: NegotiationEvent): void {
    for (const effect of peer.negotiation?.handle(event) ?? []) {
      if (effect.type === "send") this.#out.relay(peer, effect.message);
      else if (effect.type === "replace-connection") this.#replaced(peer);
      else if (effect.type === "renew-connection") this.#begunAnew(peer, true);
      else if (effect.type === "restart-ice") this.#out.add({ ...effect, peer: peer.key });
      else if (effect.type === "give-up") this.#gaveUp(peer);
      else this.#out.add({ type: "engine", peer: peer.key, effect });
    }
  }

  stateChanged(peer: Peer, state: ConnectionState): void {
    peer.setConnection(state);
    if (state === "connected") {
      this.#out.stopTimer({ name: "restart", of: peer.key });
      peer.negotiation?.connected();
      if (peer.isSilent) this.#goOnDoubting(peer);
      else this.believe(peer);
    }
    if (state === "disconnected") this.doubt(peer);
  }

  /** Takes note that nothing comes any more over the way in use, or that something comes again (N15). */
  silent(peer: Peer, silent: boolean): void {
    peer.isSilent = silent;
    if (silent) this.doubt(peer);
    else this.believe(peer);
  }

  /**
   * Looks for another way once the one in use is silent: ICE gives a way up only after many seconds (N15). The impolite
   * side begins, and the polite one after a moment: offers of both would collide. What is silent may be this side's own
   * way out.
   */
  doubt(peer: Peer): void {
    if (peer.isDoubted || peer.instance === undefined || !peer.isConnectionUp) return;
    // Enough for this minute, unless the doubt lasts.
    if (peer.doubts >= limits.doubts) return this.#goOnDoubting(peer);
    peer.isDoubted = true;
    peer.looks = 0;
    peer.doubts += 1;
    if (peer.doubts === 1) this.#out.startTimer({ name: "doubts", of: peer.key }, times.doubts);
    if (!peer.isTried && !this.#isPoliteTo(peer)) return this.#lookElsewhere(peer);
    this.#out.add({ type: "doubt-link" });
    if (!peer.isTried) this.#yieldFor(peer, times.giveWay);
  }

  /** Leaves a way some time before another one is looked for: some engines call it good before anything comes. */
  #goOnDoubting(peer: Peer): void {
    if (peer.isDoubted || peer.instance === undefined) return;
    peer.isDoubted = true;
    peer.looks = 0;
    this.#waitForWay(peer);
  }

  /**
   * Looks for another way, and does so again while that has not helped: engines fail at it now and then. Each attempt
   * gets twice the time of the one before, as a slow way needs some.
   */
  #lookElsewhere(peer: Peer): void {
    // What was offered the time before is lost, or was refused without a word.
    if (peer.looks > 0) this.negotiate(peer, { type: "unanswered" });
    this.#out.add({ type: "doubt-link" });
    this.#out.add({ type: "restart-ice", peer: peer.key });
    this.#waitForWay(peer);
    peer.looks += 1;
  }

  #waitForWay(peer: Peer): void {
    this.#yieldFor(peer, times.lastingDoubt << Math.min(peer.looks, doublings));
  }

  #yieldFor(peer: Peer, ms: number): void {
    this.#out.startTimer({ name: "yield", of: peer.key }, ms);
  }

  /** Says again what may be lost of a negotiation (L6); what was offered from another network is out of date. */
  sayAgain(peer: Peer): void {
    const connected = peer.connection === "connected" && !peer.isDoubted;
    const isOutdated = peer.isDoubted && peer.wasCutOff && peer.isConnectionUp;
    this.negotiate(peer, isOutdated ? { type: "unanswered" } : { type: "resumed", connected });
  }

  /**
   * Looks for another way once more, as networks may be others. An offer that was just said again is an attempt by
   * itself: another one so soon would end it.
   */
  doubtAgain(peer: Peer): void {
    if (!peer.wasCutOff && peer.negotiation?.hasOffered) return this.#yieldFor(peer, times.lastingDoubt);
    if (!peer.isConnectionUp) return;
    peer.isDoubted = peer.isTried = false;
    this.doubt(peer);
  }

  /** Takes note that the way in use brings something again. */
  believe(peer: Peer): void {
    if (!peer.isDoubted) return;
    peer.isDoubted = peer.isTried = false;
    this.#out.stopTimer({ name: "yield", of: peer.key });
  }

  /** Looks for another way: the other side has not begun, or what was begun has not helped. */
  yielded(peer: Peer): void {
    peer.isTried = false;
    if (!peer.isDoubted) return;
    if (peer.isAway || !peer.isConnectionUp) this.#waitForWay(peer);
    else this.#lookElsewhere(peer);
  }

  /**
   * Takes note that the other side offers: it may have begun to look for another way, and gets a moment more. It may have
   * done so before this side doubts the way, and an attempt of this side would end that one.
   */
  offered(peer: Peer, sdp: string): void {
    const isAttempt = peer.instance !== undefined && peer.negotiation?.beginsIceAnew(sdp) === true;
    if (!peer.isDoubted && isAttempt) peer.isTried = true;
    if (peer.isDoubted ? this.#isPoliteTo(peer) : isAttempt) this.#yieldFor(peer, times.lastingDoubt);
  }

  #replaced(peer: Peer): void {
    this.#begunAnew(peer);
    // Nothing shows that it is still the same.
    if (peer.credential === undefined) this.#out.add({ type: "doubt-peer", peer: peer.key });
  }

  /** Counts the connections that a peer begins; beyond a limit it has to wait for the next moment (N10). */
  #begunAnew(peer: Peer, hasFiles = false): void {
    peer.newConnections += 1;
    if (peer.newConnections === 1) this.#out.startTimer({ name: "renew", of: peer.key }, times.newConnections);
    if (peer.negotiation && peer.newConnections >= limits.newConnections) peer.negotiation.mayRenew = false;
    this.#openAgain(peer, hasFiles);
  }

  /** Lets a peer begin new connections again. */
  momentPassed(peer: Peer): void {
    peer.newConnections = 0;
    if (peer.negotiation) peer.negotiation.mayRenew = true;
  }

  /**
   * N9: a failed connection is restarted at once, then after growing pauses. The original's clients may only be slow
   * to begin with DTLS, and a restart makes them begin anew (N12).
   */
  recover(peer: Peer): void {
    peer.restarts += 1;
    if (peer.restarts === 1 && peer.connection === "failed" && peer.instance !== undefined) {
      this.#out.add({ type: "restart-ice", peer: peer.key });
    } else {
      this.#out.startTimer({ name: "restart", of: peer.key }, pauseBefore(peer.restarts));
    }
  }

  /** Reports the connection as failed until there is a new one: what was given up is not taken up again (N7). */
  #gaveUp(peer: Peer): void {
    peer.setConnection("failed");
    peer.restarts = Math.max(peer.restarts, 1);
    this.recover(peer);
  }

  /**
   * Tries again. Peers that know N8 get a new connection; the original's another ICE restart, unless that is past
   * helping.
   */
  restart(peer: Peer): void {
    if (peer.isAway || !peer.negotiation || peer.connection === "connected") return;
    if (peer.instance === undefined && !peer.negotiation.hasGivenUp) {
      this.#out.add({ type: "restart-ice", peer: peer.key });
      return;
    }
    peer.negotiation.close();
    peer.negotiation = this.#negotiationWith(peer);
    this.#openAgain(peer);
  }

  /** Ends a peer's connection, and the downloads that still wait for it. */
  close(peer: Peer): void {
    this.#endFiles(peer, "give-up-file");
    this.#own.forgetPeer(peer.key);
    if (!peer.negotiation) return;
    peer.negotiation.close();
    if (peer.newConnections > 0) this.#out.stopTimer({ name: "renew", of: peer.key });
    if (peer.doubts > 0) this.#out.stopTimer({ name: "doubts", of: peer.key });
    peer.doubts = 0;
    this.believe(peer);
    peer.dropConnection();
    this.#out.stopTimer({ name: "restart", of: peer.key });
    this.#out.add({ type: "close-connection", peer: peer.key });
  }

  /** Starts sending an own resource, a track's media or a file's bytes. */
  send(peer: Peer, request: Request): void {
    this.ensure(peer);
    const { id } = request;
    if (this.#own.kindOf(id) !== "file") return this.#out.add({ type: "attach", peer: peer.key, id });
    const features = this.commonFeatures(peer);
    const resume = request.offset && features.includes("file-resume-2") ? { resume: request } : {};
    this.#out.add({ type: "send-file", peer: peer.key, id, features, ...resume });
  }

  /** The features that both ends announced, in this client's order. */
  commonFeatures(peer: Peer | undefined): string[] {
    return this.#features.filter((feature) => peer?.features.has(feature));
  }

  stopSending(peer: Peer["key"], id: string, kind: string | undefined): void {
    this.#out.add({ type: kind === "file" ? "stop-file" : "detach", peer, id });
  }

  /**
   * Makes a new connection in place of the old one, with every track that the peer had asked for.
   * @param hasFiles files go on it, too; else what was under way has to be asked for again (F7)
   */
  #openAgain(peer: Peer, hasFiles = false): void {
    peer.beginConnection();
    this.believe(peer);
    peer.resources.stopAllFlows();
    this.#out.stopTimer({ name: "restart", of: peer.key });
    if (!hasFiles) this.#endFiles(peer, canContinue(this.commonFeatures(peer)) ? "continue-file" : "give-up-file");
    this.#out.add({ type: "open-connection", peer: peer.key });
    for (const request of this.#own.requestedBy(peer.key)) {
      if (this.#own.kindOf(request.id) === "file" && !hasFiles) this.#own.stopRequest(request.id, peer.key);
      else this.send(peer, request);
    }
  }

  /** Ends the downloads whose channels will not come, for good or for now; one that has its channel sees that close. */
  #endFiles(peer: Peer, type: "give-up-file" | "continue-file"): void {
    for (const { info } of peer.resources.list()) {
      if (peer.resources.isWantedFile(info.id)) this.#out.add({ type, peer: peer.key, id: info.id });
    }
  }

  /** Takes into account that the peer's instance has become known: politeness follows (N5, N8). */
  reconsider(peer: Peer): void {
    peer.negotiation?.become(this.#isPoliteTo(peer), peer.instance !== undefined);
  }

  #isPoliteTo({ instance }: Peer): boolean {
    return instance !== undefined && this.#instance < instance;
  }

  #negotiationWith(peer: Peer): Negotiation {
    const negotiation = new Negotiation(this.#isPoliteTo(peer), peer.instance !== undefined, this.#ended);
    negotiation.mayRenew = peer.newConnections < limits.newConnections;
    return negotiation;
  }
}

/**
 * Whether a download can go on with the rest on another channel: then its hash tells whether all of it is of one file
 * (F7, F9). @param features that both ends announced
 */
export function canContinue(features: Iterable<string>): boolean {
  const known = new Set(features);
  return known.has("file-resume-2") && known.has("file-sha256");
}
