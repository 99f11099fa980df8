# SPDX-License-Identifier: AGPL-3.0-only
"""Collects the effects of one event."""

from keks_meet.protocol.relay_messages import RelayMessage
from keks_meet.session.effects import RelayOut, SessionEffect, StartTimer, StopTimer
from keks_meet.session.events import Timer, TimerName
from keks_meet.session.peer import Peer

__all__ = ["Outbox"]


class Outbox:
    """The effects of one event, in order."""

    def __init__(self) -> None:
        self._effects: list[SessionEffect] = []

    def take(self) -> list[SessionEffect]:
        """Return the collected effects, and start anew."""
        effects, self._effects = self._effects, []
        return effects

    def add(self, effect: SessionEffect) -> None:
        """Append one effect."""
        self._effects.append(effect)

    def relay(self, peer: Peer, message: RelayMessage) -> None:
        """Relay to one peer; a peer that is away hears it when it is back, as far as it still matters [L6]."""
        if peer.id is not None:
            self.add(RelayOut(message, peer.id))

    def start_timer(self, name: TimerName, of: int, ms: int) -> None:
        """Let the session hear of a timer after ``ms`` milliseconds."""
        self.add(StartTimer(Timer(name, of), ms))

    def stop_timer(self, name: TimerName, of: int) -> None:
        """Stop a timer, whether it runs or not."""
        self.add(StopTimer(Timer(name, of)))
