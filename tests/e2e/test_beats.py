# SPDX-License-Identifier: AGPL-3.0-only
"""Where no sound comes, pages tell each other that the way works, and miss it when nobody does [N15] [N17]."""

from tests.e2e.conftest import Arrive
from tests.e2e.harness.beats import PROTOCOL, expect_beats
from tests.e2e.harness.server import Server

SAY_NONE = """(protocol) => {
    const { send } = RTCDataChannel.prototype;
    RTCDataChannel.prototype.send = function (data) {
        if (this.protocol !== protocol) send.call(this, data);
    };
}"""
WAYS = "() => probe.connections.map(({ localDescription }) => /ice-ufrag:(.*)/.exec(localDescription?.sdp)?.[1])"
OTHER_WAYS = "(before) => (" + WAYS + ")().some((way, index) => way && before[index] && way !== before[index])"


async def test_where_there_are_pictures_alone_a_peer_whose_beats_end_is_looked_for_on_another_way(
    arrive: Arrive, server: Server, secret: str
) -> None:
    alice, bob = await arrive("alice"), await arrive("bob")
    for person in (alice, bob):
        await person.join(server.url, secret)
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    for person in (alice, bob):
        await expect_beats(person)
    before = await bob.page.evaluate(WAYS)
    await alice.page.evaluate(SAY_NONE, PROTOCOL)
    await bob.page.wait_for_function(OTHER_WAYS, arg=before)
    await bob.expect_flowing("video")
