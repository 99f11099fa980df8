# SPDX-License-Identifier: AGPL-3.0-only
"""What the server sees of a call: neither the room's secret nor a word of what is said in it."""

import secrets
from urllib.parse import quote

import pytest

from tests.e2e.conftest import Arrive, MakeServer
from tests.e2e.harness.recording import Recording
from tests.e2e.harness.relay import Relay

pytestmark = pytest.mark.programs
NAMES = ("Zwiebelfisch", "Quastenflosser")


async def test_server_sees_no_secret_name_or_description(arrive: Arrive, make_server: MakeServer) -> None:
    room, digits = "Geheimbund", secrets.token_hex(32)
    server = await make_server()
    recording = Recording()
    people = [await arrive(name) for name in NAMES]
    async with Relay(server.port, record=recording.record) as relay:
        for person in people:
            await person.join(relay.url, f"{room}#{digits}")
            await person.press("Microphone")
            await person.press("Camera")
        for person, other in (people, people[::-1]):
            await person.enable(other.name, "Camera")
            await person.expect_flowing("video")
            await person.expect_flowing("audio")
        await people[0].press("Leave")
        await people[1].expect_people()
    await server.stop()

    messages = recording.messages()
    assert len([message for message in messages if b'"relay"' in message]) > 10, "there was no call in the recording"
    hidden = [room, digits, quote(f"{room}#{digits}", safe=""), *NAMES]
    spoken = ["v=0", "candidate:", "identify", "provide", "ice_candidate", "Microphone", "Camera"]
    seen, log = recording.seen_by_server(), "".join(server.log)
    assert b"GET /room HTTP/1.1" in seen
    for word in [*hidden, *spoken]:
        assert word.encode().lower() not in seen.lower(), f"the server saw {word}"
        assert word.lower() not in log.lower(), f"the server's log has {word}"
