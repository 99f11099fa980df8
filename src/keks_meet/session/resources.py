# SPDX-License-Identifier: AGPL-3.0-only
"""Resources on offer: the own ones with who asked for them, a peer's with what is wanted of them [M2] [M3]."""

from collections import Counter

from msgspec import Struct, structs

from keks_meet.protocol.relay_messages import Provide, ProvideStop, RelayMessage, Request, RequestStop
from keks_meet.session import limits
from keks_meet.session.events import PeerKey
from keks_meet.session.facts import ResourceChanged, ResourceOffered, ResourceWithdrawn

__all__ = ["OwnResources", "RemoteResource", "RemoteResources"]


class _Own(Struct):
    info: Provide
    requesters: dict[PeerKey, Request]
    """The requests by peer, in the order of asking."""


class OwnResources:
    """The own resources of a session."""

    def __init__(self) -> None:
        self._offered: dict[str, _Own] = {}
        self._counts: Counter[str] = Counter()
        # Ids once offered, to be taken back again from peers that may not have heard it [L6].
        self._stopped: dict[str, None] = {}

    def add(self, info: Provide) -> bool:
        """Offer something; an id that is known already keeps its requesters. Returns whether there is room [M7]."""
        known = self._offered.get(info.id)
        if known is None and self._counts[info.kind] >= limits.RESOURCES.get(info.kind, 0):
            return False
        if known is None:
            self._counts[info.kind] += 1
        self._stopped.pop(info.id, None)
        self._offered[info.id] = _Own(info, known.requesters if known else {})
        return True

    def get(self, resource_id: str) -> Provide | None:
        """Return the resource under an id, if there is one."""
        own = self._offered.get(resource_id)
        return own.info if own else None

    def kind_of(self, resource_id: str) -> str | None:
        """Return the kind of the resource under an id, if there is one."""
        own = self._offered.get(resource_id)
        return own.info.kind if own else None

    def remove(self, resource_id: str) -> tuple[Provide, list[PeerKey]] | None:
        """Take a resource back; return it, and the peers that were getting it."""
        own = self._offered.pop(resource_id, None)
        if own is None:
            return None
        self._counts[own.info.kind] -= 1
        self._stopped[resource_id] = None
        return own.info, list(own.requesters)

    def request(self, request: Request, peer: PeerKey) -> bool:
        """Note that a peer wants a resource; return whether this changes anything [M3]."""
        own = self._offered.get(request.id)
        if own is None or peer in own.requesters:
            return False
        own.requesters[peer] = request
        return True

    def stop_request(self, resource_id: str, peer: PeerKey) -> bool:
        """Note that a peer does not want a resource any more; return whether this changes anything."""
        own = self._offered.get(resource_id)
        if own is None or peer not in own.requesters:
            return False
        del own.requesters[peer]
        return True

    def forget_peer(self, peer: PeerKey) -> None:
        """Forget the requests of a peer."""
        for own in self._offered.values():
            own.requesters.pop(peer, None)

    def requested_by(self, peer: PeerKey) -> list[Request]:
        """Return the requests of a peer."""
        return [own.requesters[peer] for own in self._offered.values() if peer in own.requesters]

    def list(self) -> tuple[Provide, ...]:
        """Return the resources on offer."""
        return tuple(own.info for own in self._offered.values())

    def by_urgency(self) -> tuple[Provide, ...]:
        """Return the resources on offer with files last: there may be thousands, and sound does not wait for them."""
        return tuple(sorted(self.list(), key=lambda info: info.kind == "file"))

    def withdrawals(self) -> tuple[RelayMessage, ...]:
        """Return the messages that tell a peer of every resource that is no longer on offer."""
        return tuple(ProvideStop(resource_id) for resource_id in self._stopped)


class RemoteResource(Struct, frozen=True):
    """A peer's resource, as it stands."""

    info: Provide
    wanted: bool = False
    """Whether this client asks for the resource."""
    asked: bool = False
    """Whether the resource was asked for once, so that a stop may be needed again [L6]."""
    flowing: bool = False
    """Whether the stream of the resource is here."""
    resume: Request | None = None
    """The request for a file, when not from its start [F9]."""

    def as_request(self) -> Request | RequestStop:
        """Return the message that was sent last about the resource."""
        if not self.wanted:
            return RequestStop(self.info.id)
        return self.resume or Request(self.info.id)


class RemoteResources:
    """The resources of one peer."""

    def __init__(self, peer: PeerKey) -> None:
        self._peer = peer
        # Facts about the resources since somebody took them last.
        self._news: list[ResourceOffered | ResourceChanged | ResourceWithdrawn] = []
        self._offered: dict[str, RemoteResource] = {}
        # The numbers of resources of each kind: those there are, and those there were.
        self._counts: Counter[str] = Counter()
        self._offers: Counter[str] = Counter()
        # Kinds without room, and the kind of which that is news.
        self._full: set[str] = set()
        self._newly_full: str | None = None
        # Downloads that are to be asked for once more when there is a connection, in the order of their interruption.
        self._interrupted: dict[str, None] = {}
        # Tracks for which there was an offer to receive [N13].
        self._late: set[str] = set()
        # The number of times that the peer has said something else of a resource.
        self._relabels: Counter[str] = Counter()

    def provide(self, info: Provide, wanted_at_first: bool) -> bool:
        """Note an offer; return whether it is new and has to be asked for. An offer beyond a limit is ignored."""
        if info.kind not in limits.RESOURCES:
            return False
        known = self._offered.get(info.id)
        if known is not None:
            if known.info != info and known.info.kind == info.kind and self._relabels[info.id] < limits.RELABELS:
                self._relabels[info.id] += 1
                self._change(known, info=info)
                self._news.append(ResourceOffered(self._peer, info, known.wanted))
        elif self._has_room(info.kind):
            self._offers[info.kind] += 1
            self._counts[info.kind] += 1
            self._offered[info.id] = RemoteResource(info, wanted=wanted_at_first, asked=wanted_at_first)
            self._news.append(ResourceOffered(self._peer, info, wanted_at_first))
            return wanted_at_first
        elif info.kind not in self._full:
            self._full.add(info.kind)
            self._newly_full = info.kind
        return False

    def take_news(self) -> list[ResourceOffered | ResourceChanged | ResourceWithdrawn]:
        """Return the facts since this was called last."""
        news, self._news = self._news, []
        return news

    def take_full(self) -> str | None:
        """Return the kind of which more is offered than there is room for; once, until there was room again."""
        full, self._newly_full = self._newly_full, None
        return full

    def _has_room(self, kind: str) -> bool:
        return self._counts[kind] < limits.RESOURCES[kind] and self._offers[kind] < limits.OFFERS

    def get(self, resource_id: str) -> Provide | None:
        """Return the resource under an id, if there is one."""
        resource = self._offered.get(resource_id)
        return resource.info if resource else None

    def request_of(self, resource_id: str) -> RelayMessage:
        """Return the message that was sent last about a resource that was asked for."""
        return self._offered[resource_id].as_request()

    def is_wanted(self, resource_id: str) -> bool:
        """Tell whether a resource is on offer, and asked for."""
        resource = self._offered.get(resource_id)
        return resource is not None and resource.wanted

    def is_wanted_file(self, resource_id: str) -> bool:
        """Tell whether a resource is a file that was asked for and has not arrived."""
        resource = self._offered.get(resource_id)
        return resource is not None and resource.wanted and resource.info.kind == "file"

    def interrupted(self, resume: Request) -> bool:
        """Note that a download lost its channel, and goes on as ``resume`` says; return whether it is still wanted."""
        if not self.is_wanted_file(resume.id):
            return False
        self._change(self._offered[resume.id], resume=resume)
        self._interrupted[resume.id] = None
        return True

    def take_interrupted(self) -> tuple[str, ...]:
        """Return the downloads that were interrupted, each only once."""
        interrupted = tuple(self._interrupted)
        self._interrupted.clear()
        return interrupted

    def stop(self, resource_id: str) -> None:
        """Note that a resource is no longer on offer."""
        stopped = self._offered.pop(resource_id, None)
        if stopped is not None:
            self._counts[stopped.info.kind] -= 1
            self._full.discard(stopped.info.kind)
            self._news.append(ResourceWithdrawn(self._peer, stopped.info))
        self._late.discard(resource_id)
        self._interrupted.pop(resource_id, None)
        del self._relabels[resource_id]

    def want(self, resource_id: str, wanted: bool, resume: Request | None = None) -> bool:
        """Note whether a resource is wanted; return whether this changes anything."""
        resource = self._offered.get(resource_id)
        if resource is None or resource.wanted == wanted:
            return False
        self._change(resource, wanted=wanted, asked=resource.asked or wanted, resume=resume)
        self._interrupted.pop(resource_id, None)
        return True

    def set_flowing(self, resource_id: str, flowing: bool) -> None:
        """Note whether the stream of a resource is here."""
        resource = self._offered.get(resource_id)
        if resource is not None:
            self._change(resource, flowing=flowing)

    def stop_all_flows(self) -> None:
        """Note that no stream is here any more."""
        for resource in self._offered.values():
            self._change(resource, flowing=False)

    def list(self) -> tuple[RemoteResource, ...]:
        """Return everything that the peer offers."""
        return tuple(self._offered.values())

    def take_late(self) -> tuple[RemoteResource, ...]:
        """Return the tracks that are wanted and are not here, each only once."""
        late = tuple(
            resource
            for resource in self._offered.values()
            if resource.wanted
            and not resource.flowing
            and resource.info.kind == "track"
            and resource.info.id not in self._late
        )
        self._late |= {resource.info.id for resource in late}
        return late

    def requests(self) -> tuple[RelayMessage, ...]:
        """Return the messages that repeat everything that was ever asked for, as it stands now [L6]."""
        return tuple(resource.as_request() for resource in self.list() if resource.asked)

    def _change(self, resource: RemoteResource, **fields: object) -> None:
        now = self._offered[resource.info.id] = structs.replace(resource, **fields)
        if (now.wanted, now.flowing) != (resource.wanted, resource.flowing):
            self._news.append(ResourceChanged(self._peer, now.info.id, now.wanted, now.flowing))
