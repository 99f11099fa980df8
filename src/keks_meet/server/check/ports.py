# SPDX-License-Identifier: AGPL-3.0-only
"""Judges the addresses that the server listens on, and the files that it may have open. Pure."""

from collections.abc import Sequence
from enum import StrEnum

from keks_meet.protocol.limits import Limits
from keks_meet.server.addresses import Address, is_loopback
from keks_meet.server.check.findings import Finding, Level, note, ok, problem, warning
from keks_meet.server.config import Config

__all__ = ["Port", "about_all_metrics", "about_metrics", "about_open_files", "about_port", "about_stun", "clash"]


class Port(StrEnum):
    """What was found at an address."""

    FREE = "free"
    OURS = "ours"
    SILENT = "silent"
    """A socket takes connections, and nobody answers."""
    TAKEN = "taken"


def about_port(about: str, address: Address, found: Port | str, key: str) -> Finding:
    """Judge an address; a text that is no `Port` says why it cannot be listened on."""
    if found == Port.FREE:
        return ok(about, f"{address} is free to listen on")
    if found == Port.OURS:
        return ok(about, f"keks-meet answers at {address}")
    if found == Port.SILENT:
        what = f"{address} is listened on, and nobody answers"
        advice = (
            "that is so with socket activation (a .socket unit of systemd) while the server does not run: see its log"
        )
        return note(about, what, f"{advice}; otherwise, end the program that is there")
    if found == Port.TAKEN:
        return problem(about, f"another program is at {address}", f"end that one, or set {key} to another address")
    advice = f"set {key}, or give the server what it lacks: for ports below 1024, CAP_NET_BIND_SERVICE"
    return problem(about, str(found), advice)


def about_stun(config: Config, address: Address | None) -> list[Finding]:
    """Judge what pages are told of STUN; ``address`` is where the built-in one listens."""
    if config.webrtc.stun is not None:
        return [ok("STUN", f"pages are told of {config.webrtc.stun}")]
    if address is None:
        what = "there is none: people find each other in the same network, or through TURN"
        return [warning("STUN", what, "take stun_bind away, or set webrtc.stun")]
    if not is_loopback(address.host):
        return []
    what = f"it listens at {address}, for this machine alone: people elsewhere are not told of it"
    return [warning("STUN", what, f'set stun_bind = "[::]:{address.port}", since no proxy passes UDP on')]


def about_metrics(address: Address) -> list[Finding]:
    """Judge where metrics are told."""
    if is_loopback(address.host):
        return []
    what = f"whoever reaches {address} can read them"
    return [note("metrics", what, "keep that port to your own network; there is neither TLS nor a password")]


def about_all_metrics(found: Sequence[Finding]) -> list[Finding]:
    """Return what is not right with the ports of all workers, or that all are right in one finding."""
    wrong = [finding for finding in found if finding.level is not Level.OK]
    if wrong or len(found) == 1:
        return wrong or list(found)
    return [ok("metrics", f"{found[0].what}, and so it is with the {len(found) - 1} ports after it")]


def clash(metrics: Address, server: Address) -> Finding | None:
    """Judge a port of metrics that is that of HTTP; None when it is another one."""
    if not server.port or metrics.port != server.port or not _overlap(metrics.host, server.host):
        return None
    what = f"{metrics} is wanted for them, and server.bind has it"
    return problem("metrics", what, "set metrics.bind to another port; worker number i takes the i-th port after it")


def _overlap(one: str, other: str) -> bool:
    """Tell whether what listens at one host stands in the way at the other."""
    hosts = {one, other}
    if len(hosts) == 1 or "::" in hosts or ("localhost" in hosts and all(map(is_loopback, hosts))):
        return True
    return "0.0.0.0" in hosts and not any(":" in host for host in hosts)  # noqa: S104 - compared, not listened on


def about_open_files(limits: Limits, allowed: int | None) -> Finding:
    """Judge how many open files the system allows; None is for no limit."""
    wanted = limits.open_files
    if allowed is None or allowed >= wanted:
        return ok("open files", f"{'any number is' if allowed is None else f'{allowed} are'} allowed, {wanted} wanted")
    what = f"the system allows {allowed}, and limits.connections wants {wanted}"
    advice = f"raise the limit (systemd: LimitNOFILE={wanted}; shell: ulimit -Hn), or lower limits.connections"
    return warning("open files", what, advice)
