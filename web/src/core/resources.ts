// SPDX-License-Identifier: AGPL-3.0-only
/** Resources on offer: the own ones with who asked for them, and a peer's with what is wanted of them (M2, M3). */

import type { ResourceFact } from "./facts.ts";
import type { PeerKey } from "./events.ts";
import { limits } from "./limits.ts";
import type { RelayMessage, Request, ResourceInfo } from "./relay-messages.ts";

/** The own resources of a session. */
export class OwnResources {
  readonly #offered = new Map<string, { readonly info: ResourceInfo; readonly requesters: Map<PeerKey, Request> }>();
  readonly #counts = new Map<string, number>();
  /** Ids once offered, to be taken back again from peers that may not have heard it (L6). */
  readonly #stopped = new Set<string>();

  /** @returns whether there is room for the resource (M7) */
  add(info: ResourceInfo): boolean {
    if (!this.#offered.has(info.id)) {
      if (!hasRoom(this.#counts, info.kind)) return false;
      count(this.#counts, info.kind, 1);
    }
    this.#stopped.delete(info.id);
    this.#offered.set(info.id, { info, requesters: this.#offered.get(info.id)?.requesters ?? new Map() });
    return true;
  }

  ids(): string[] {
    return [...this.#offered.keys()];
  }

  isVideo(id: string): boolean {
    const info = this.#offered.get(id)?.info;
    return info !== undefined && isVideo(info);
  }

  isRequested(id: string, peer: PeerKey): boolean {
    return this.#offered.get(id)?.requesters.has(peer) === true;
  }

  get(id: string): ResourceInfo | undefined {
    return this.#offered.get(id)?.info;
  }

  kindOf(id: string): string | undefined {
    return this.#offered.get(id)?.info.kind;
  }

  /** @returns the resource, and the peers that were getting it */
  remove(id: string): { readonly info: ResourceInfo; readonly requesters: ReadonlyMap<PeerKey, Request> } | undefined {
    const own = this.#offered.get(id);
    if (!own) return undefined;
    count(this.#counts, own.info.kind, -1);
    this.#offered.delete(id);
    this.#stopped.add(id);
    return own;
  }

  /** @returns whether this changes anything (M3) */
  request(request: Request, peer: PeerKey): boolean {
    const requesters = this.#offered.get(request.id)?.requesters;
    if (!requesters || requesters.has(peer)) return false;
    requesters.set(peer, request);
    return true;
  }

  stopRequest(id: string, peer: PeerKey): boolean {
    return this.#offered.get(id)?.requesters.delete(peer) ?? false;
  }

  forgetPeer(peer: PeerKey): void {
    for (const { requesters } of this.#offered.values()) requesters.delete(peer);
  }

  /** The requests of a peer. */
  requestedBy(peer: PeerKey): Request[] {
    return [...this.#offered.values()].flatMap(({ requesters }) => requesters.get(peer) ?? []);
  }

  list(): ResourceInfo[] {
    return [...this.#offered.values()].map(({ info }) => info);
  }

  /** The resources on offer with files last: there may be thousands, and sound does not wait for them. */
  byUrgency(): ResourceInfo[] {
    return this.list().toSorted((one, other) => Number(isFile(one)) - Number(isFile(other)));
  }

  withdrawals(): RelayMessage[] {
    return [...this.#stopped].map((id) => ({ provide_stop: { id } }));
  }
}

export interface RemoteResource {
  readonly info: ResourceInfo;
  /** Whether this client asks for the resource. */
  wanted: boolean;
  /** Whether the resource was ever asked for, so that a stop may be needed again (L6). */
  asked: boolean;
  /** Whether the stream of the resource is here. */
  flowing: boolean;
  /** The newest still of the resource while it is not asked for (V3). */
  preview?: string | undefined;
}

export const isVideo = ({ kind, track_kind }: ResourceInfo): boolean => kind === "track" && track_kind === "video";

/** The resources of one peer. */
export class RemoteResources {
  readonly #peer: PeerKey;
  /** Facts about the resources since somebody took them last. */
  #news: ResourceFact[] = [];
  readonly #offered = new Map<string, RemoteResource>();
  /** The number of times that the peer has said something else of a resource. */
  readonly #relabels = new Map<string, number>();
  /** The requests for files, when not from their start (F9). */
  readonly #resumes = new Map<string, Request>();
  /** Downloads that are to be asked for once more when there is a connection. */
  readonly #interrupted = new Set<string>();
  /** Tracks for which there was an offer to receive (N13). */
  readonly #late = new Set<string>();
  /** The numbers of resources of each kind: those there are, and those there were. */
  readonly #counts = new Map<string, number>();
  readonly #offers = new Map<string, number>();
  /** Kinds without room, and the kind of which that is news. */
  readonly #full = new Set<string>();
  #newlyFull: string | undefined;

  constructor(peer: PeerKey) {
    this.#peer = peer;
  }

  /** @returns the facts since this was called last */
  takeNews(): ResourceFact[] {
    const news = this.#news;
    this.#news = [];
    return news;
  }

  /** Takes an offer; one beyond a limit is ignored. @returns whether it is new and has to be asked for */
  provide(info: ResourceInfo, wantedAtFirst: boolean): boolean {
    if (!Object.hasOwn(limits.resources, info.kind)) return false;
    const known = this.#offered.get(info.id);
    if (known ? !this.#mayRelabel(known.info, info) : !this.#mayOffer(info.kind)) return false;
    if (!known) count(this.#counts, info.kind, 1);
    const state: Omit<RemoteResource, "info"> = known ?? {
      wanted: wantedAtFirst,
      asked: wantedAtFirst,
      flowing: false,
    };
    this.#offered.set(info.id, { ...state, info, preview: isVideo(info) ? state.preview : undefined });
    this.#news.push({ type: "resource-offered", peer: this.#peer, resource: info, wanted: state.wanted });
    return !known && wantedAtFirst;
  }

  get(id: string): ResourceInfo | undefined {
    return this.#offered.get(id)?.info;
  }

  isWanted(id: string): boolean {
    return this.#offered.get(id)?.wanted === true;
  }

  isWantedFile(id: string): boolean {
    return this.isWanted(id) && this.get(id)?.kind === "file";
  }

  /** The kind of which more is offered than there is room for; once, until there was room again. */
  takeFull(): string | undefined {
    const full = this.#newlyFull;
    this.#newlyFull = undefined;
    return full;
  }

  #mayOffer(kind: string): boolean {
    if (hasRoom(this.#counts, kind) && (this.#offers.get(kind) ?? 0) < limits.offers) {
      count(this.#offers, kind, 1);
      return true;
    }
    if (!this.#full.has(kind)) this.#newlyFull = kind;
    this.#full.add(kind);
    return false;
  }

  #mayRelabel(before: ResourceInfo, info: ResourceInfo): boolean {
    if (before.kind !== info.kind || JSON.stringify(before) === JSON.stringify(info)) return false;
    const relabels = this.#relabels.get(info.id) ?? 0;
    this.#relabels.set(info.id, relabels + 1);
    return relabels < limits.relabels;
  }

  stop(id: string): void {
    const stopped = this.#offered.get(id);
    if (stopped) {
      count(this.#counts, stopped.info.kind, -1);
      this.#full.delete(stopped.info.kind);
      this.#news.push({ type: "resource-withdrawn", peer: this.#peer, resource: stopped.info });
    }
    this.#offered.delete(id);
    this.#relabels.delete(id);
    this.#late.delete(id);
    this.#resumes.delete(id);
    this.#interrupted.delete(id);
  }

  /** @returns whether this changes anything */
  want(id: string, wanted: boolean): boolean {
    const resource = this.#offered.get(id);
    if (!resource || resource.wanted === wanted) return false;
    resource.wanted = wanted;
    resource.asked ||= wanted;
    resource.preview = undefined;
    this.#resumes.delete(id);
    this.#interrupted.delete(id);
    this.#changed(resource);
    return true;
  }

  /**
   * Takes note that a download has lost its channel, and goes on as `resume` says. @returns whether it is still wanted
   */
  interrupted(resume: Request): boolean {
    if (!this.isWantedFile(resume.id)) return false;
    this.#resumes.set(resume.id, resume);
    this.#interrupted.add(resume.id);
    return true;
  }

  /** @returns downloads that were interrupted, each only once */
  takeInterrupted(): string[] {
    const interrupted = [...this.#interrupted];
    this.#interrupted.clear();
    return interrupted;
  }

  /** The request for a resource that is on offer, as it was asked for last. */
  requestOf(id: string): Request {
    return this.#resumes.get(id) ?? { id };
  }

  /** @returns whether there is a use for the still (V3) */
  setPreview(id: string, data: string): boolean {
    const resource = this.#offered.get(id);
    if (!resource || resource.wanted || !isVideo(resource.info)) return false;
    const others = this.list().filter(({ info, preview }) => info.id !== id && preview !== undefined);
    if (others.length >= limits.previews) return false;
    resource.preview = data;
    return true;
  }

  setFlowing(id: string, flowing: boolean): void {
    const resource = this.#offered.get(id);
    if (resource && resource.flowing !== flowing) {
      resource.flowing = flowing;
      this.#changed(resource);
    }
  }

  stopAllFlows(): void {
    for (const id of this.#offered.keys()) this.setFlowing(id, false);
  }

  #changed({ info: { id }, wanted, flowing }: RemoteResource): void {
    this.#news.push({ type: "resource-changed", peer: this.#peer, id, wanted, flowing });
  }

  list(): RemoteResource[] {
    return [...this.#offered.values()];
  }

  /** @returns the tracks that are wanted and are not here, each only once */
  takeLate(): ResourceInfo[] {
    const late = this.list()
      .filter(
        ({ info: { id, kind }, wanted, flowing }) => kind === "track" && wanted && !flowing && !this.#late.has(id),
      )
      .map(({ info }) => info);
    for (const { id } of late) this.#late.add(id);
    return late;
  }

  /** The messages that repeat everything that was ever asked for, as it stands now (L6). */
  requests(): RelayMessage[] {
    return this.list()
      .filter(({ asked }) => asked)
      .map(({ info: { id }, wanted }) => (wanted ? { request: this.requestOf(id) } : { request_stop: { id } }));
  }
}

const isFile = ({ kind }: ResourceInfo): boolean => kind === "file";

const hasRoom = (counts: ReadonlyMap<string, number>, kind: string): boolean =>
  (counts.get(kind) ?? 0) < (limits.resources[kind] ?? 0);

function count(counts: Map<string, number>, kind: string, change: number): void {
  counts.set(kind, (counts.get(kind) ?? 0) + change);
}
