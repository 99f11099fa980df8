# SPDX-License-Identifier: AGPL-3.0-only
"""The files for containers, read: no engine is there to run them. docs/server.md says what was tried by hand."""

import json
import re
import tomllib

import pytest

from tests.deploy.proxies import deployed
from tests.docs_blocks import ROOT
from tools import source_archive

CONTAINERFILE = deployed("Containerfile")
COMPOSE = deployed("compose.yaml")
SERVICES = ("keks-meet", "caddy", "coturn")


def instructions(text: str) -> list[tuple[str, str]]:
    """Return instructions and what follows them, with lines joined."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.M))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def stages() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    name = ""
    for word, rest in instructions(CONTAINERFILE):
        if word == "FROM":
            name = rest.rpartition(" AS ")[2]
            found[name] = []
        elif name:
            found[name].append((word, rest))
    return found


def service(name: str) -> str:
    """Return what compose.yaml says of a service."""
    found = re.search(rf"^  {name}:\n((?:    .*\n|\n)+)", COMPOSE, re.M)
    assert found
    return found[1]


def test_bases_are_pinned_and_one() -> None:
    base = re.search(r"^ARG BASE=(\S+)$", CONTAINERFILE, re.M)
    assert base
    assert re.fullmatch(r"docker\.io/library/debian:\d+\.\d+-slim", base[1])
    assert {rest.partition(" ")[0] for word, rest in instructions(CONTAINERFILE) if word == "FROM"} == {"${BASE}"}


def test_only_sources_come_into_it() -> None:
    """All that are needed to build, each by its name, so that no configuration or key of a self-hoster comes along."""
    copied = {
        name.removesuffix("/") for word, rest in stages()["build"] if word == "COPY" for name in rest.split()[:-1]
    }
    assert {name for name in copied if not (ROOT / name).exists()} == set()
    assert copied - {"requirements/run.txt"} == {*source_archive.FOLDERS, *source_archive.FILES}


def test_what_runs_has_neither_sources_nor_rights() -> None:
    made = dict(stages()["keks-meet"])
    assert made["COPY"] == "--from=build /opt/keks-meet /opt/keks-meet"
    assert made["USER"] == "10001:10001"
    assert dict(stages()["coturn"])["USER"] == "10002:10002"
    secrets = re.compile("secret|password|token|key=", re.IGNORECASE)
    said = [rest for word, rest in instructions(CONTAINERFILE) if word in {"ENV", "ARG"} and secrets.search(rest)]
    assert said == []


def test_the_command_and_the_check_are_there() -> None:
    made = dict(stages()["keks-meet"])
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert json.loads(made["ENTRYPOINT"])[0].rpartition("/")[2] in scripts
    check = json.loads(made["HEALTHCHECK"].partition("CMD ")[2])
    assert check[:2] == ["/opt/keks-meet/bin/python", "-c"]
    port = made["ENV"].partition("BIND=[::]:")[2].split()[0]
    assert f"http://127.0.0.1:{port}/healthz" in check[2]
    assert made["EXPOSE"] == f"{port}/tcp {port}/udp"


@pytest.mark.parametrize("name", SERVICES)
def test_services_can_write_nothing_and_gain_nothing(name: str) -> None:
    said = service(name)
    assert f"target: {name}\n" in said
    assert name in stages()
    assert "read_only: true\n" in said
    assert 'cap_drop: ["ALL"]\n' in said
    assert 'security_opt: ["no-new-privileges:true"]\n' in said
    assert ("cap_add" in said) == (name == "caddy")
    assert all(
        line.endswith((":ro", "certificates:/data")) for line in said.splitlines() if line.startswith("      - ")
    )


def test_compose_and_configuration_agree() -> None:
    """The proxy asks where the server listens, and both volumes are declared."""
    assert 'BIND: "127.0.0.1:24319"' in service("keks-meet")
    assert "reverse_proxy 127.0.0.1:24319" in deployed("Caddyfile")
    assert "\nvolumes:\n  certificates:\n" in COMPOSE
