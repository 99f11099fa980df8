# SPDX-License-Identifier: AGPL-3.0-only
"""Judges what the nodes of a cluster, or the workers of one command, speak through. Pure."""

from collections.abc import Mapping
from typing import Final

from keks_meet.server.check.findings import Finding, ok, problem, warning
from keks_meet.server.cluster.troubles import Trouble

__all__ = ["about_authority", "about_nats", "about_program"]

_ABOUT: Final = "cluster"


def about_nats(found: Mapping[str, Trouble | None]) -> list[Finding]:
    """Judge what came of trying each server of NATS: one that works will do, and the others are its spares."""
    judge = warning if None in found.values() else problem
    return [
        ok(_ABOUT, f"NATS takes this server at {url}")
        if trouble is None
        else judge(_ABOUT, f"NATS cannot be used at {url}: {trouble.what}", trouble.advice)
        for url, trouble in found.items()
    ]


def about_authority(why: str) -> Finding:
    """Judge a ``cluster.tls_ca`` that cannot be used."""
    return problem(_ABOUT, why, "give the file, in PEM, and let the server's user read it")


def about_program(what: str, advice: str) -> Finding:
    """Judge workers that have no NATS and no program to start one."""
    return problem("workers", f"server.workers: {what}", advice)
