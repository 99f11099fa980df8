# SPDX-License-Identifier: AGPL-3.0-only
"""Perfect negotiation with one peer [N1] [N4] to [N8] [N19] [N20] [L6]: what to do with descriptions and candidates.

One operation at a time. Owns no connection: effects are orders to the engine, events its reports.
"""

from collections import deque
from typing import Literal, TypeAlias

from msgspec import Struct

from keks_meet.protocol.relay_messages import Answer, IceCandidate, Offer
from keks_meet.session import limits
from keks_meet.session.descriptions import (
    Description,
    EndedOrigins,
    candidates_in,
    is_acceptable,
    may_answer,
    naming_offer,
    origin_of,
)
from keks_meet.session.generations import Generations
from keks_meet.session.negotiation_effects import (
    AddCandidate,
    GiveUp,
    IceRestart,
    NegotiationEffect,
    RenewConnection,
    ReplaceConnection,
    RollBack,
    SendMessage,
    SetLocalDescription,
    SetRemoteDescription,
)

__all__ = [
    "CandidateGathered",
    "CandidateReceived",
    "DescriptionReceived",
    "LocalDescriptionSet",
    "Negotiation",
    "NegotiationEvent",
    "NegotiationNeeded",
    "OperationFailed",
    "RemoteDescriptionSet",
    "Resumed",
    "RolledBack",
    "SignalingState",
    "Unanswered",
]

SignalingState: TypeAlias = Literal["stable", "have-local-offer", "have-remote-offer"]
_Operation: TypeAlias = Literal["offering", "taking-offer", "answering", "taking-answer", "rolling-back"]


class NegotiationNeeded(Struct, frozen=True, tag_field="type", tag="negotiation-needed"):
    """The engine wants a new offer."""


class DescriptionReceived(Struct, frozen=True, tag_field="type", tag="description-received"):
    """The peer sent a description; like candidates, in the order of arrival."""

    description: Description


class CandidateReceived(Struct, frozen=True, tag_field="type", tag="candidate-received"):
    """The peer sent a candidate."""

    candidate: IceCandidate


class LocalDescriptionSet(Struct, frozen=True, tag_field="type", tag="local-description-set"):
    """The engine made and set the description that was ordered."""

    description: Description


class RemoteDescriptionSet(Struct, frozen=True, tag_field="type", tag="remote-description-set"):
    """The engine took the peer's description."""


class RolledBack(Struct, frozen=True, tag_field="type", tag="rolled-back"):
    """The engine took its own offer back."""


class OperationFailed(Struct, frozen=True, tag_field="type", tag="operation-failed"):
    """The engine could not do what was ordered, and is in this state."""

    signaling: SignalingState


class CandidateGathered(Struct, frozen=True, tag_field="type", tag="candidate-gathered"):
    """The engine found a candidate of its own."""

    candidate: IceCandidate


class Unanswered(Struct, frozen=True, tag_field="type", tag="unanswered"):
    """An own offer that is out will not be answered any more, or is out of date; the engine makes another one [N15]."""


class Resumed(Struct, frozen=True, tag_field="type", tag="resumed"):
    """The peer is back after signaling was lost [L6]."""

    connected: bool


NegotiationEvent: TypeAlias = (
    NegotiationNeeded
    | DescriptionReceived
    | CandidateReceived
    | LocalDescriptionSet
    | RemoteDescriptionSet
    | RolledBack
    | OperationFailed
    | CandidateGathered
    | Unanswered
    | Resumed
)


class Negotiation:
    """The state machine of one peer connection."""

    def __init__(self, polite: bool, replaceable: bool, ended: EndedOrigins | None = None) -> None:
        """Tell whether this side yields [N5], and whether a new origin means a new connection [N8].

        ``ended`` are those of the session, by all its negotiations.
        """
        self._polite = polite
        self._replaceable = replaceable
        self._ended = ended or EndedOrigins()
        self.may_renew = True
        """Whether the peer may begin a new connection: not if it has just done so too often [N10]."""
        self._signaling: SignalingState = "stable"
        self._operation: _Operation | None = None
        self._needed = False
        # An offer was ignored: which description a candidate belongs to will be known with the next one [N4].
        self._is_ignoring = False
        self._gave_up = False
        self._failures = 0
        # Descriptions and candidates of the peer that no operation has taken yet [N6].
        self._inbox: deque[Description | IceCandidate] = deque()
        self._inbox_characters = 0
        # Candidates of the peer's last description, those inside it included [N10].
        self._candidates = 0
        # Candidates that came before the description that they belong to [N4] [N6].
        self._early: list[IceCandidate] = []
        self._taking: Description | None = None
        self._generations = Generations()
        # The session id in the peer's last description [N8], and whether the peer knows that of this side.
        self._remote_origin: str | None = None
        self._is_known = False
        self._offer: Description | None = None
        self._gathered: deque[IceCandidate] = deque(maxlen=limits.CANDIDATES)

    def become(self, polite: bool, replaceable: bool) -> None:
        """Take over new values for what the constructor was told."""
        self._polite = polite
        self._replaceable = replaceable

    @property
    def has_given_up(self) -> bool:
        """Whether only a new connection can help."""
        return self._gave_up

    @property
    def has_offered(self) -> bool:
        """Whether an own offer is out."""
        return self._signaling == "have-local-offer"

    def begins_ice_anew(self, sdp: str) -> bool:
        """Tell whether an offer of the peer looks for another way than it has named so far, and will be taken [N4]."""
        is_ignored = self.has_offered and not self._polite
        return not is_ignored and self._generations.is_next(sdp)

    def handle(self, event: NegotiationEvent) -> list[NegotiationEffect]:
        """Take one event and return what is to be done."""
        if self._gave_up:
            return []
        return [*self._note(event), *self._proceed()]

    def _note(self, event: NegotiationEvent) -> list[NegotiationEffect]:
        effects: list[NegotiationEffect] = []
        match event:
            case NegotiationNeeded():
                self._needed = True
            case DescriptionReceived(incoming) | CandidateReceived(incoming):
                self._receive(incoming)
            case LocalDescriptionSet(description):
                effects = self._local_description_set(description)
            case RemoteDescriptionSet():
                effects = self._remote_description_set()
            case RolledBack():
                self._operation = None
                self._signaling = "stable"
            case OperationFailed(signaling):
                effects = self._operation_failed(signaling)
            case CandidateGathered(candidate):
                self._gathered.append(candidate)
                effects = [SendMessage(candidate)]
            case Unanswered() if self._operation is None and self.has_offered:
                effects = self._take_back()
            case Resumed(connected):
                effects = self._resumed(connected)
        return effects

    def _receive(self, incoming: Description | IceCandidate) -> None:
        """Keep a description or candidate until an operation can take it, within limits."""
        characters = self._inbox_characters + _characters_of(incoming)
        if len(self._inbox) < limits.NEGOTIATION_INBOX and characters <= limits.INBOX_CHARACTERS:
            self._inbox.append(incoming)
            self._inbox_characters = characters

    def _proceed(self) -> list[NegotiationEffect]:
        """Take from the inbox, and offer when that is wanted, until an operation is under way or nothing is left."""
        effects: list[NegotiationEffect] = []
        while self._operation is None and not self._gave_up:
            if self._inbox:
                incoming = self._inbox.popleft()
                self._inbox_characters -= _characters_of(incoming)
                effects += self._take(incoming)
            elif self._needed and self._signaling == "stable":
                self._needed = False
                self._gathered.clear()
                self._operation = "offering"
                effects.append(SetLocalDescription())
            else:
                break
        return effects

    def _take(self, incoming: Description | IceCandidate) -> list[NegotiationEffect]:
        if isinstance(incoming, IceCandidate):
            return self._take_candidate(incoming)
        if incoming.type == "offer":
            return self._take_offer(incoming)
        if not self.has_offered or self._is_outdated(incoming) or not self._is_answered_by(incoming):
            return []
        if not is_acceptable(incoming.sdp):
            return self._operation_failed(self._signaling)
        if self._is_from_new_connection(incoming):
            return self._answered_by_new_connection()
        return self._begin(incoming, "taking-answer")

    def _take_offer(self, offer: Description) -> list[NegotiationEffect]:
        if not is_acceptable(offer.sdp):
            self._is_ignoring = True
            return self._failed()
        collides = self.has_offered
        replaces = self._is_from_new_connection(offer)
        renews = collides and self._remote_origin is None
        is_late = (replaces or renews) and not self.may_renew
        # The peer will take this side's offer, which for the peer is one of a new connection.
        is_outdated = renews and self._is_outdated(offer)
        if is_late or is_outdated or (collides and not self._polite and not replaces):
            self._is_ignoring = True
            return []
        if replaces or renews:
            self._forget_connection()
        elif collides:
            # Engines can do so by themselves, but Firefox then refuses an offer that restarts ICE.
            self._inbox.appendleft(offer)
            self._inbox_characters += len(offer.sdp)
            return self._take_back()
        effects = self._begin(offer, "taking-offer")
        if replaces:
            return [ReplaceConnection(), *effects]
        return [RenewConnection(), *effects] if renews else effects

    def _take_back(self) -> list[NegotiationEffect]:
        self._operation = "rolling-back"
        return [RollBack()]

    def _answered_by_new_connection(self) -> list[NegotiationEffect]:
        """Begin anew as well: the answer does not fit what was agreed on with the connection that is gone [N8]."""
        if not self.may_renew:
            return self._operation_failed(self._signaling)
        self._forget_connection()
        # The engine of the new connection wants no offer where nothing is sent, and the peer waits for one.
        self._needed = True
        return [ReplaceConnection()]

    def _begin(self, description: Description, operation: _Operation) -> list[NegotiationEffect]:
        self._taking = description
        self._operation = operation
        return [SetRemoteDescription(self._generations.description(description))]

    def _take_candidate(self, candidate: IceCandidate) -> list[NegotiationEffect]:
        if self._remote_origin is None or self._is_ignoring:
            if len(self._early) < limits.REMOTE_CANDIDATES:
                self._early.append(candidate)
            return []
        self._candidates += 1
        if self._candidates > limits.REMOTE_CANDIDATES:
            return []
        return [AddCandidate(self._generations.candidate(candidate))]

    def _local_description_set(self, description: Description) -> list[NegotiationEffect]:
        self._operation = None
        if description.type == "offer":
            self._signaling = "have-local-offer"
            self._offer = description
            return [SendMessage(Offer(description.sdp))]
        self._signaling = "stable"
        self._failures = 0
        return [SendMessage(Answer(self._named(description.sdp)))]

    def _named(self, answer: str) -> str:
        """Let an answer name its offer, which may be taken back by now [N19]; other clients need not know that line."""
        return naming_offer(answer, self._taking.sdp) if self._replaceable and self._taking else answer

    def _is_answered_by(self, answer: Description) -> bool:
        return self._offer is not None and may_answer(answer.sdp, self._offer.sdp)

    def _remote_description_set(self) -> list[NegotiationEffect]:
        answers = self._operation == "taking-offer"
        sdp = self._taking.sdp if self._taking else ""
        self._remote_origin = origin_of(sdp)
        self._is_ignoring = False
        self._signaling = "have-remote-offer" if answers else "stable"
        self._operation = "answering" if answers else None
        if not answers:
            self._failures = 0
            self._is_known = True
        self._candidates = candidates_in(sdp)
        early, self._early = self._early, []
        effects = [effect for candidate in early for effect in self._take_candidate(candidate)]
        if not answers:
            return effects
        return [*effects, SetLocalDescription(passive=None if self._replaceable else True)]

    def _operation_failed(self, signaling: SignalingState) -> list[NegotiationEffect]:
        # An engine that cannot make an offer will not be able to the next time.
        is_stuck = self._operation == "offering"
        # An answer before it may be lost, and with it how the two ends are to reach each other now.
        again = [IceRestart()] if self._operation == "taking-answer" and self._replaceable else []
        self._operation = None
        self._signaling = signaling
        effects = self._failed(is_stuck=is_stuck)
        if effects or signaling == "stable":
            return effects
        return [*again, *self._take_back()]

    def _failed(self, *, is_stuck: bool = False) -> list[NegotiationEffect]:
        """Count a failure, and give up after too many [N7]."""
        self._failures += 1
        if not is_stuck and self._failures < limits.NEGOTIATION_FAILURES:
            return []
        self._gave_up = True
        return [GiveUp()]

    def _resumed(self, connected: bool) -> list[NegotiationEffect]:
        effects: list[NegotiationEffect] = []
        if self.has_offered and self._operation is None and self._offer is not None:
            effects.append(SendMessage(Offer(self._offer.sdp)))
        if not connected:
            effects += [SendMessage(candidate) for candidate in self._gathered]
        return effects

    def _is_from_new_connection(self, description: Description) -> bool:
        return self._replaceable and self._remote_origin not in {None, origin_of(description.sdp)}

    def _is_outdated(self, description: Description) -> bool:
        """Tell whether a connection that knows nothing of its other end is told something of one that ended here."""
        return self._replaceable and self._remote_origin is None and origin_of(description.sdp) in self._ended

    def connected(self) -> None:
        """Take note that the connection works."""
        self._is_known = True

    def close(self) -> None:
        """Forget what was said of a connection that is closed: nothing of it is worth saying again."""
        if self._is_known and self._remote_origin is not None:
            self._ended.add(self._remote_origin)
        self._offer = None
        self._gathered.clear()

    def _forget_connection(self) -> None:
        self._signaling = "stable"
        self._needed = False
        self._is_ignoring = False
        self.close()
        self._remote_origin = None
        self._is_known = False
        self._generations = Generations()


def _characters_of(incoming: Description | IceCandidate) -> int:
    return len(incoming.sdp if isinstance(incoming, Description) else incoming.candidate)
