# SPDX-License-Identifier: AGPL-3.0-only
"""Settings do what they say: each is observed by its effect."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Dialog, expect

from tests.e2e.conftest import Arrive, Meet
from tests.e2e.harness.chat import messages, say
from tests.e2e.harness.person import Person, room_address
from tests.e2e.harness.server import Server

SETTINGS_TABLE = Path(__file__).parents[2] / "docs" / "settings.md"
INTERNAL = ("warn_redirect", "room_watches")
"""Settings that the panel does not show."""
RECORD_CAPTURES = """
    globalThis.captured = [];
    for (const method of ["getUserMedia", "getDisplayMedia"]) {
        const native = navigator.mediaDevices[method].bind(navigator.mediaDevices);
        navigator.mediaDevices[method] = (wanted) => {
            captured.push([method, wanted]);
            return native(wanted);
        };
    }
"""
RECORD_NOTIFICATIONS = """
    globalThis.notified = [];
    globalThis.putAway = [];
    document.hasFocus = () => false;
    const Recorded = class extends EventTarget {
        static permission = "granted";
        constructor(title, { body, tag }) {
            super();
            notified.push({ title, body, tag });
            this.tag = tag;
        }
        close() { putAway.push(this.tag); }
    };
    globalThis.Notification = Recorded;
"""

TAP = """(data) => new Promise((resolve) => {
    let isClosed = false;
    WindowClient.prototype.focus = function () { resolve([isClosed, this.url]); };
    const notification = { data, close() { isClosed = true; } };
    const event = new ExtendableEvent("notificationclick");
    Object.defineProperties(event, { notification: { value: notification }, waitUntil: { value() {} } });
    dispatchEvent(event);
})"""
"""Without its windows, the browser shows no notification that could be tapped."""


async def arrive_with(arrive: Arrive, name: str, script: str = "", **stored: Any) -> Person:
    """A person whose browser has kept these settings."""
    person = await arrive(name)
    kept = "".join(f"localStorage.setItem('{key}', {json.dumps(json.dumps(value))});" for key, value in stored.items())
    await person.context.add_init_script(script + kept)
    return person


async def join_all(server: Server, secret: str, *people: Person) -> None:
    for person in people:
        await person.join(server.url, secret)
    for person in people:
        await person.expect_people(*(other.name for other in people if other is not person))


async def test_username_is_changed_in_the_panel_and_kept(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Settings")
    name = alice.page.get_by_role("textbox", name="Your name")
    await name.fill("Alice B.")
    await name.press("Tab")
    await expect(bob.tile("Alice B.")).to_be_visible()
    assert await alice.page.evaluate("localStorage.getItem('username')") == '"Alice B."'
    await alice.page.get_by_role("button", name='Reset "Your name"').click()
    await expect(bob.page.get_by_role("article", name=re.compile(r"^guest-\d+$"))).to_be_visible()
    assert await alice.page.evaluate("localStorage.getItem('username')") is None


async def test_link_values_last_for_the_page_load_alone(meet: Meet) -> None:
    (alice,) = await meet("alice")
    assert await alice.page.evaluate("Object.keys(localStorage)") == []


async def test_wrong_values_of_a_link_warn_and_are_ignored(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice")
    await alice.page.goto(room_address(server.url, secret, "alice") + "&letter_keys=maybe&nonsense=1")
    await alice.expect_notice(re.compile("letter_keys"))
    await alice.expect_notice(re.compile("nonsense"))
    await alice.page.keyboard.press("m")
    await expect(alice.own_tile.locator(".label")).to_have_text(["Microphone"])


async def test_link_that_would_start_a_capture_asks_first(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice")
    await alice.page.goto(room_address(server.url, secret, "alice") + "&camera_enabled=1&microphone_enabled=0")
    question = alice.page.get_by_role("alert").filter(has_text="asks to switch your camera on")
    await expect(question).to_be_visible()
    await alice.expect_joined()
    await expect(alice.own_tile.locator(".label")).to_have_count(0)
    await question.get_by_role("button", name="Camera").click()
    await expect(alice.own_tile.locator(".label")).to_have_text(["Camera"])
    await expect(question).to_have_count(0)


async def test_own_settings_start_captures(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive_with(arrive, "alice", microphone_enabled=True, camera_enabled=True, screencast_enabled=True)
    await alice.join(server.url, secret)
    labels = alice.own_tile.locator(".label")
    await expect(labels).to_have_count(2)
    question = alice.page.get_by_role("alert").filter(has_text="share a screen on startup")
    await question.get_by_role("button", name="Screen").click()
    await expect(labels).to_have_count(3)
    assert sorted(await labels.all_inner_texts()) == ["Camera", "Microphone", "Screen"]


async def test_what_is_enabled_by_default(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive("alice")
    bob = await arrive_with(arrive, "bob", optional_audio_default_enable=False, optional_video_default_enable=True)
    await join_all(server, secret, alice, bob)
    await alice.press("Microphone")
    await alice.press("Camera")
    await bob.expect_flowing("video")
    await bob.expect_offered("alice", "Microphone")
    await alice.expect_nothing_sent("audio")


async def test_threshold_of_activity_acts_at_once(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Microphone")
    tile = bob.tile("alice")
    await expect(tile.get_by_text("speaking")).to_be_visible()
    await bob.page.evaluate("change_pref('audio_activity_threshold', 1)")
    await bob.expect_flowing("audio")
    await expect(tile.get_by_text("speaking")).to_have_count(0)


async def test_leaving_is_confirmed_while_something_is_shared(meet: Meet) -> None:
    alice, _ = await meet("alice", "bob")
    dialogs: list[str] = []

    async def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.type)
        await dialog.accept()

    alice.page.on("dialog", dismiss)
    await alice.press("Microphone")
    await expect(alice.own_tile.locator(".label")).to_have_text(["Microphone"])
    await alice.page.reload()
    assert dialogs == ["beforeunload"]
    await alice.page.evaluate("change_pref('enable_onbeforeunload', false)")
    await alice.press("Microphone")
    await expect(alice.own_tile.locator(".label")).to_have_text(["Microphone"])
    await alice.page.reload()
    await alice.expect_joined()
    assert dialogs == ["beforeunload"]


@pytest.mark.parametrize(
    ("stored", "control", "expected"),
    [
        pytest.param(
            {}, "Microphone", ["getUserMedia", {"audio": {"noiseSuppression": False}}], marks=pytest.mark.slow
        ),
        (
            {"rnnoise": False, "auto_gain_control": False, "echo_cancellation": True},
            "Microphone",
            [
                "getUserMedia",
                {"audio": {"noiseSuppression": False, "autoGainControl": False, "echoCancellation": True}},
            ],
        ),
        pytest.param(
            {"rnnoise": False, "native_noise_suppression": True},
            "Microphone",
            ["getUserMedia", {"audio": {"noiseSuppression": True}}],
            marks=pytest.mark.slow,
        ),
        (
            {"video_fps": 10, "video_resolution": 320, "camera_facing_mode": "user"},
            "Camera",
            [
                "getUserMedia",
                {"video": {"frameRate": {"ideal": 10}, "width": {"ideal": 320}, "facingMode": {"ideal": "user"}}},
            ],
        ),
        ({"video_fps": 5}, "Screen", ["getDisplayMedia", {"video": {"frameRate": {"ideal": 5}}, "audio": False}]),
        (
            {"screencast_audio": True},
            "Screen",
            ["getDisplayMedia", {"video": {}, "audio": {"echoCancellation": True, "restrictOwnAudio": True}}],
        ),
    ],
)
async def test_captures_are_asked_for_as_set(
    arrive: Arrive, server: Server, secret: str, stored: dict[str, Any], control: str, expected: list[Any]
) -> None:
    alice = await arrive_with(arrive, "alice", RECORD_CAPTURES, **stored)
    await alice.join(server.url, secret)
    await alice.press(control)
    await expect(alice.own_tile.locator(".label")).to_have_text([control])
    assert await alice.page.evaluate("captured") == [expected]


async def test_running_camera_follows_the_settings(meet: Meet) -> None:
    (alice,) = await meet("alice")
    await alice.press("Camera")
    await expect(alice.own_tile.locator("video")).to_have_count(1)
    await alice.page.evaluate("change_pref('video_resolution', 320)")
    await alice.page.wait_for_function("() => document.querySelector('video').videoWidth === 320")


async def test_notifications_come_when_the_page_is_not_looked_at(arrive: Arrive, server: Server, secret: str) -> None:
    alice = await arrive_with(arrive, "alice", RECORD_NOTIFICATIONS, notify_leave=False)
    await alice.join(server.url, secret)
    bob = await arrive("bob")
    await bob.join(server.url, secret)
    await alice.expect_people("bob")
    await bob.press("Chat")
    await bob.page.get_by_role("textbox", name="Message").fill("psst")
    await bob.page.keyboard.press("Enter")
    await alice.page.wait_for_function("() => notified.length === 2")
    await bob.press("Leave")
    await alice.expect_people()
    title = await alice.page.title()
    joined, said = await alice.page.evaluate("notified")
    assert joined == {"title": title, "body": "“bob” joined", "tag": "keks-meet join"}
    assert said == {"title": title, "body": "“bob”: psst", "tag": "keks-meet chat"}
    # Whoever looks again has seen what they tell.
    await alice.page.evaluate("dispatchEvent(new Event('focus'))")
    assert await alice.page.evaluate("putAway") == ["keks-meet join", "keks-meet chat"]


async def test_a_tap_on_a_notification_of_a_phone_leads_to_the_room(meet: Meet) -> None:
    alice, _ = await meet("alice", "bob")
    path = await alice.page.evaluate("navigator.serviceWorker.ready.then(() => location.pathname)")
    [worker] = alice.context.service_workers
    is_closed, url = await worker.evaluate(TAP, path)
    assert is_closed
    assert url.split("#")[0] == alice.page.url.split("#")[0]


@pytest.mark.slow
async def test_many_messages_are_few_notifications(arrive: Arrive, server: Server, secret: str) -> None:
    """Whatever they say, what is notified is short, and its title is the page's."""
    alice = await arrive_with(arrive, "alice", RECORD_NOTIFICATIONS)
    await alice.join(server.url, secret)
    bob = await arrive("bob")
    await bob.join(server.url, secret)
    await alice.expect_people("bob")
    await alice.press("Chat")
    await bob.press("Chat")
    for number in range(20):
        await say(bob, f"{number} \u202e{'long ' * 100}")
    await say(bob, "the last one")
    await expect(messages(alice).last).to_contain_text("the last one")
    await alice.page.wait_for_function("() => notified.at(-1).body === '“bob”: the last one'")
    said = [each for each in await alice.page.evaluate("notified") if each["tag"] == "keks-meet chat"]
    assert len(said) <= 10
    assert {each["title"] for each in said} == {await alice.page.title()}
    assert all(len(each["body"]) <= 120 and "\u202e" not in each["body"] for each in said)


async def test_permission_for_notifications_is_asked_from_a_button(arrive: Arrive, server: Server, secret: str) -> None:
    script = """
        globalThis.asked = 0;
        globalThis.Notification = class {
            static permission = "default";
            static async requestPermission() { asked++; }
        };
    """
    alice = await arrive_with(arrive, "alice", script)
    await alice.join(server.url, secret)
    assert await alice.page.evaluate("asked") == 0
    await alice.press("Settings")
    await alice.page.get_by_role("button", name="Allow notifications").click()
    assert await alice.page.evaluate("asked") == 1


async def test_a_device_that_is_not_listed_is_shown_as_chosen_before(
    arrive: Arrive, server: Server, secret: str
) -> None:
    alice = await arrive_with(arrive, "alice", camera_device="of another day")
    await alice.join(server.url, secret)
    await alice.press("Settings")
    camera = alice.page.get_by_label("Camera", exact=True)
    await expect(camera.locator("option:checked")).to_have_text("chosen before")
    await expect(camera).to_have_value("of another day")


@pytest.mark.slow
async def test_statistics_are_shown_for_debugging(meet: Meet) -> None:
    alice, bob = await meet("alice", "bob")
    await alice.press("Camera")
    await bob.enable("alice", "Camera")
    await bob.expect_flowing("video")
    statistics = bob.tile("alice").get_by_role("list", name="Statistics")
    await expect(statistics).to_have_count(0)
    await bob.page.evaluate("change_pref('webrtc_debug', true)")
    # Which of the ways between the two comes first is chance: the one to the address that STUN tells is as short.
    await expect(statistics).to_contain_text(re.compile(r"(host|srflx|prflx) . (host|srflx|prflx), udp"))
    await expect(statistics).to_contain_text(re.compile(r"↓ video video/VP8 \d+ kbit/s \d+ . \d+ loss"))


async def test_panel_has_a_control_for_every_setting(meet: Meet) -> None:
    (alice,) = await meet("alice")
    await alice.press("Settings")
    panel = alice.page.get_by_role("region", name="Settings")
    rows = re.findall(r"^\| `\w+` \|", SETTINGS_TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    await expect(panel.locator(".setting")).to_have_count(len(rows) - len(INTERNAL))
    await panel.get_by_label("Letters as shortcuts").uncheck()
    await alice.page.get_by_role("heading", level=1).click()
    await alice.page.keyboard.press("m")
    await expect(alice.own_tile.locator(".label")).to_have_count(0)
    await panel.get_by_role("button", name='Reset "Letters as shortcuts"').click()
    await expect(panel.get_by_label("Letters as shortcuts", exact=True)).to_be_checked()


async def test_unknown_settings_are_refused(meet: Meet) -> None:
    (alice,) = await meet("alice")
    refused = "([key, value]) => { try { change_pref(key, value); return ''; } catch (e) { return e.message; } }"
    assert "nonsense" in await alice.page.evaluate(refused, ["nonsense", 1])
    assert "microphone_gain" in await alice.page.evaluate(refused, ["microphone_gain", 11])
