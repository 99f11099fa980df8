# SPDX-License-Identifier: AGPL-3.0-only
"""What commands say, to people and to programs."""

import io
import json
import logging
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from keks_meet.protocol.relay_messages import Provide
from keks_meet.rift import events as e
from keks_meet.rift.cli import LogLines, choose_display
from keks_meet.rift.display import Display, SteadyStream, Verbosity
from keks_meet.rift.events import PeerName, ResourceListed
from keks_meet.rift.human_display import HumanDisplay
from keks_meet.rift.json_display import JsonDisplay

EVIL = "\x1b[2J\x9b\u202e\u200b\x7f[red]\n"
ESCAPED = r"\x1b[2J\x9b\u202e\u200b\x7f[red]\n"
TAMED = "[2J[red]"
EVE = PeerName("key", f"Eve{EVIL}")
DIFFERING = "\n".join([f"  /room differs{ESCAPED}"] * 20)
FILE = ResourceListed(EVE, Provide(id=f"id{EVIL}", kind="file", label=f"name{EVIL}", size=1_500_000))
BARE = ResourceListed(PeerName("other", ""), Provide(id="ssh", kind=f"port{EVIL}"))
GUIDE = Path(__file__).parents[3] / "docs" / "rift.md"
LINK = "https://example.org/room#lusab-babad-gutih-tugad"


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


EVERYTHING: list[e.Event] = [
    e.CodeMade("lusab-babad-gutih-tugad", LINK, "meet.example.org"),
    e.Joined("rift-lusab", LINK),
    e.PeerJoined(EVE),
    e.OwnIdentity("ab" * 32, Path(f"/tmp/a{EVIL}")),  # noqa: S108
    e.PersonListed(f"Eve{EVIL}", "ab" * 32, "known", "2026-11-01", "2026-11-02", f"Evie{EVIL}"),
    e.SafetyNumber('"Eve"', " ".join(["12345"] * 12)),
    e.RoomCode("running", (EVE,), waiting=(EVE,), by=EVE),
    e.RoomCode("running", (BARE.peer,), left_out=(EVE,)),
    e.RoomCode("code", (EVE, BARE.peer), uncovered=(EVE,), code="lusab-babad"),
    e.RoomCode("ended", (EVE,), why="match"),
    e.RoomCode("ended", (EVE,), why="mismatch", ended_by=EVE),
    e.RoomCode("ended", (EVE,), why="silent", named=(EVE, BARE.peer)),
    e.RoomCode("ended", (EVE,), why="silent", ended_by=EVE),
    e.RoomCode("ended", (EVE,), why="false", named=(EVE,)),
    e.RoomCode("ended", (EVE,), why="false", ended_by=EVE),
    e.RoomCode("ended", (), why="alone"),
    e.PeerRenamed(EVE, BARE.peer.username),
    e.Offered(EVE, FILE.resource),
    e.Withdrawn(BARE.peer, BARE.resource),
    e.Providing(FILE.resource),
    e.TransferStarted(1, "receiving", EVE, FILE.resource, 500_000),
    e.TransferProgress(1, 500_000),
    e.TransferDone(1, 500_000, Path(f"/tmp/a{EVIL}")),  # noqa: S108
    e.TransferStarted(2, "sending", BARE.peer, BARE.resource, 0),
    e.TransferFailed(2, 0, f"gone{EVIL}"),
    e.TransferStarted(3, "sending", EVE, FILE.resource, 0),
    e.TransferUnconfirmed(3, 0),
    e.Summary("receiving", 1, 500_000, 2.0, 1, ("direct", "relay-tls"), 2),
    e.TextReceived(EVE, f"one\n\ntwo{EVIL}\n"),
    e.ChatReceived(EVE, f"one\ntwo{EVIL}"),
    e.ChatReceived(BARE.peer, image=True),
    e.Hand(EVE, "up"),
    e.Hand(EVE, "down"),
    e.Reaction(EVE, "applause"),
    e.Recording(EVE, "on"),
    e.Recording(EVE, "off"),
    e.Listening("::1", 8080, EVE, f"ssh{EVIL}"),
    e.Listing((FILE, BARE)),
    e.SiteCompared("https://a.example", "1.0", "1.0", 3, {"accent": "#fff", "source_url": f"/a{EVIL}"}),
    e.SiteCompared(
        "https://a.example", "1.0", f"2{EVIL}", 3, {}, tuple([e.SiteDifference("/room", f"differs{EVIL}")] * 40)
    ),
    e.Status(f"waiting{EVIL}"),
    e.Detail(f"detail{EVIL}"),
    e.Warned(f"careful{EVIL}"),
    e.Failed(f"wrong{EVIL}", code="some-code"),
    e.PeerLeft(EVE),
]


DIFFERENT = (
    f'Warning: "Eve{TAMED}" says that somebody has another code. The codes differ: somebody may stand between'
    " you, and hear and change what you say. Tell each other nothing that matters here, and make a new code, or"
    " compare another way."
)
SAID = f"""\
Code: lusab-babad-gutih-tugad@meet.example.org
Link: {LINK}
On the other end, run rift receive and type the code, or open the link in a browser.
Joined the room as "rift-lusab".
In a browser, the room is at {LINK}
"Eve{TAMED}" joined.
"Eve{TAMED}" makes a code for the room, which shows that nobody stands between you.
Without "Eve{TAMED}", who did not answer: You make a code for the room, which shows that nobody stands between you.
The code of the room is lusab-babad, for "Eve{TAMED}" and somebody without a name and you.
Say it aloud. If all have the same, type match and the code; else type differ.
Warning: It does not cover "Eve{TAMED}".
"Eve{TAMED}": verified.
{DIFFERENT}
There is no code: "Eve{TAMED}" and somebody without a name did not answer.
There is no code: "Eve{TAMED}" says that somebody did not answer.
Warning: There is no code: "Eve{TAMED}" did not keep to the rules.
Warning: There is no code: "Eve{TAMED}" says that somebody did not keep to the rules.
There is no code: nobody is here with whom it can be made.
somebody without a name is now called "Eve{TAMED}".
"Eve{TAMED}" offers the file "name{TAMED}" (1.5 MB), id "id{ESCAPED}".
somebody without a name no longer offers the port\\x1b[2J\\x9b… "ssh", id "ssh".
Offering the file "name{TAMED}" (1.5 MB), id "id{ESCAPED}".
Receiving "name{TAMED}" (1.5 MB) from "Eve{TAMED}".
Received "name{TAMED}" from "Eve{TAMED}": 0 bytes, saved as /tmp/a{ESCAPED}
Sending "ssh" to somebody without a name.
Error: could not send "ssh" to somebody without a name: gone{ESCAPED}
Sending "name{TAMED}" (1.5 MB) to "Eve{TAMED}".
Warning: All of "name{TAMED}" to "Eve{TAMED}" was sent; that client does not tell whether it was stored.
Received 1 file in all: 500.0 kB in 2.0 s, 250.0 kB/s, directly and through a TURN server (TLS); 1 failed; 2 excluded.
"Eve{TAMED}" sends a text:
"Eve{TAMED}": one
    two{TAMED}
somebody without a name: (an image)
"Eve{TAMED}" raises a hand.
"Eve{TAMED}" lowers a hand.
"Eve{TAMED}" reacts: applause.
"Eve{TAMED}" records the call.
"Eve{TAMED}" no longer records the call.
Port "ssh{ESCAPED}" of "Eve{TAMED}" is at [::1]:8080
These are the pages of keks-meet 1.0: all 3 files are those, byte for byte.
The server configures in them:
  colours: accent #fff
  source_url: /a{ESCAPED}
These are NOT the pages of keks-meet 1.0, which is installed here.
The server says that it is keks-meet 2{ESCAPED}: compare it with that version.
{DIFFERING}
  and 20 more
waiting{ESCAPED}
detail{ESCAPED}
Warning: careful{ESCAPED}
Error: wrong{ESCAPED}
"Eve{TAMED}" left.
"""


def say_everything(display: Display) -> None:
    with display:
        for event in EVERYTHING:
            display.say(event)
        display.restore_terminal()


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
@pytest.mark.parametrize("as_json", [False, True])
def test_peers_text_is_never_obeyed(stream: type[io.StringIO], as_json: bool) -> None:
    stdout, stderr = stream(), stream()
    say_everything(choose_display(as_json=as_json, verbosity="verbose", bars=False, streams=(stdout, stderr)))
    for text in (stdout.getvalue(), stderr.getvalue()):
        ours = re.sub(r"\x1b\[[0-9;]*m", "", text)
        assert re.fullmatch(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]*", ours.replace("\t", ""))
        assert "Eve\n" not in ours


ANSWERS = (
    f"Fingerprint: {' '.join(['abababab'] * 8)}\n"
    f"Others recognise you by it. The key is kept in /tmp/a{ESCAPED}.\n"
    f'Evie{TAMED}\tknown\t2026-11-01 to 2026-11-02\tabababab abababab, calls itself "Eve{TAMED}"\n'
    'Compare this number with "Eve", aloud or on both screens:\n' + "    12345 12345 12345 12345\n" * 3
)
"""What is written of keys and people."""
TEXT = f"one\n\ntwo{TAMED}\n"


def test_lines_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    say_everything(choose_display(verbosity="verbose"))
    out, err = capsys.readouterr()
    listed = f"id{ESCAPED}\tfile\t1500000\tEve{TAMED}\tname{ESCAPED}\nssh\tport{ESCAPED}\t\tsomebody without a name\t\n"
    assert out == f"{ANSWERS}{TEXT}{listed}"
    assert err.splitlines() == SAID.splitlines()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ('Let "bob" in? Type yes 1.', '"Let \u2019bob\u2019 in? Type yes 1." joined.'),
        ('alice" joined.\nError: x', '"alice\u2019 joined. Error: x" joined.'),
        ("\u3164 \u200b", "somebody without a name joined."),
        ("👩\u200d💻", '"👩\u200d💻" joined.'),
    ],
)
def test_no_name_reads_as_what_we_say(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    choose_display().say(e.PeerJoined(PeerName("1", name)))
    assert capsys.readouterr().err == f"{said}\n"


def test_equal_names_are_numbered(capsys: pytest.CaptureFixture[str]) -> None:
    display = choose_display()
    second = PeerName("2", "alice", 2)
    display.say(e.PeerJoined(second))
    display.say(ResourceListed(second, Provide(id="f", kind="file")))
    choose_display(as_json=True).say(e.PeerLeft(second))
    out, err = capsys.readouterr()
    assert err == '"alice" (2) joined.\n'
    assert out.splitlines()[0].split("\t")[3] == '"alice" (2)'
    assert json.loads(out.splitlines()[1])["peer"] == {"key": "2", "username": "alice", "number": 2}


@pytest.mark.parametrize(
    ("verbosity", "lines"),
    [
        (
            "quiet",
            [
                "Code: lusab",
                "Link: https",
                "Code of the room: lusab-babad",
                "Warning: It does not cover",
                'Warning: "Eve',
                "Warning: There is no code",
                "Warning: There is no code",
                "Error: could",
                "Warning: All",
                '"Eve',
                "    two",
                "somebody",
                "These are NOT",
                "The server says",
                *["  /room"] * 20,
                "  and 20 more",
                "Warning",
                "Error",
            ],
        ),
        ("normal", None),
    ],
)
def test_quiet(verbosity: Verbosity, lines: list[str] | None, capsys: pytest.CaptureFixture[str]) -> None:
    say_everything(choose_display(verbosity=verbosity))
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2 + len(ANSWERS.splitlines()) + len(TEXT.splitlines())
    assert "detail" not in err
    if lines is not None:
        said = err.splitlines()
        assert [line[: len(start)] for line, start in zip(said, lines, strict=True)] == lines


def test_a_text_on_a_terminal_looks_like_none_of_our_lines() -> None:
    stdout = Terminal()
    display = HumanDisplay(SteadyStream(lambda: stdout), SteadyStream(io.StringIO))
    display.say(e.TextReceived(EVE, "Error: x\n\nJoined"))
    assert stdout.getvalue() == "    Error: x\n\n    Joined\n"


def test_a_list_on_a_terminal_is_a_table() -> None:
    stdout = Terminal()
    display = HumanDisplay(SteadyStream(lambda: stdout), SteadyStream(io.StringIO))
    ann = ResourceListed(PeerName("a", "Ann"), Provide(id="f", kind="file", label="x.tar", size=1_500_000))
    display.say(e.Listing((ann, BARE)))
    heading, first, second = re.sub(r"\x1b\[[0-9;]*m", "", stdout.getvalue()).splitlines()[:3]
    assert heading.split() == ["ID", "KIND", "SIZE", "FROM", "NAME"]
    assert first.split() == ["f", "file", "1.5", "MB", "Ann", "x.tar"]
    assert second.startswith("ssh")


@pytest.mark.parametrize(
    ("stream", "verbosity", "columns", "drawn"),
    [
        (Terminal, "normal", "80", True),
        (Terminal, "normal", "20", False),
        (Terminal, "quiet", "80", False),
        (io.StringIO, "normal", "80", False),
    ],
)
def test_a_qr_code_is_drawn_where_it_can_be_seen(
    stream: type[io.StringIO], verbosity: Verbosity, columns: str, drawn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    stderr = stream()
    choose_display(verbosity=verbosity, streams=(io.StringIO(), stderr)).say(e.CodeMade("c", LINK))
    assert ("▄" in stderr.getvalue()) == drawn
    assert LINK in stderr.getvalue()


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def documented() -> dict[str, set[str]]:
    """Return the events of the table in the guide, and their fields."""
    text = GUIDE.read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \| ([^|]*) \|", text[text.index("| event | fields |") :], re.MULTILINE)
    return {event: set(re.findall(r"`([a-z_]+)`", fields)) for event, fields in rows}


def test_the_guide_lists_the_events_that_are_declared_and_their_fields() -> None:
    declared = {
        str(kind.__struct_config__.tag): set(kind.__struct_fields__)
        for kind in get_args(e.Event)
        if kind is not e.Listing  # its lines are events of their own
    }
    assert documented() == declared


def test_what_is_written_is_as_it_is_declared(capsys: pytest.CaptureFixture[str]) -> None:
    """Everything but progress, which takes time."""
    fields = documented()
    assert {type(event) for event in EVERYTHING} | {ResourceListed} == set(get_args(e.Event))
    say_everything(choose_display(as_json=True, verbosity="verbose"))
    out, err = capsys.readouterr()
    assert err == ""
    said = events(out)
    assert {event["event"] for event in said} == set(fields) - {"transfer-progress"}
    for event in said:
        assert set(event) - {"event"} <= fields[event["event"]]
    chat = next(event for event in said if event["event"] == "chat")
    assert (chat["text"], chat["peer"]) == (f"one\ntwo{EVIL}", {"key": "key", "username": f"Eve{EVIL}"})
    started = next(event for event in said if event["event"] == "transfer-started")
    assert started["resource"] == {"id": f"id{EVIL}", "kind": "file", "label": f"name{EVIL}", "size": 1_500_000}
    assert started["bytes"] == 500_000


def test_json_makes_way_for_data(capsys: pytest.CaptureFixture[str]) -> None:
    choose_display(as_json=True, data_on_stdout=True).say(e.Status("x"))
    assert capsys.readouterr() == ("", '{"event": "status", "text": "x"}\n')
    choose_display(as_json=True).say(e.Detail("not asked for"))
    assert capsys.readouterr().out == ""


def test_progress_for_programs_is_once_a_second() -> None:
    stream, clock = io.StringIO(), Clock()
    display = JsonDisplay(SteadyStream(lambda: stream), clock=clock)
    for number in (1, 2):
        display.say(e.TransferStarted(number, "receiving", EVE, FILE.resource, 0))
    for tenth in range(35):
        clock.now = tenth / 10
        display.say(e.TransferProgress(1, tenth))
    display.say(e.TransferProgress(2, 7))
    display.say(e.TransferDone(1, 34, None))
    said = events(stream.getvalue())[2:]
    assert [(event["transfer"], event["bytes"]) for event in said] == [(1, 10), (1, 20), (1, 30), (2, 7), (1, 34)]


def test_the_end_of_a_transfer_tells_its_speed() -> None:
    """The rate ends with the last byte: waiting for the word that the file is stored is no part of it."""
    stderr, clock = io.StringIO(), Clock()
    display = HumanDisplay(SteadyStream(io.StringIO), SteadyStream(lambda: stderr), clock=clock)
    display.say(e.TransferStarted(1, "sending", PeerName("a", "Ann"), FILE.resource, 500_000))
    clock.now = 2.0
    display.say(e.TransferProgress(1, 1_500_000))
    clock.now = 30.0
    display.say(e.TransferProgress(1, 1_500_000))
    clock.now = 60.0
    display.say(e.TransferDone(1, 1_500_000, None))
    assert stderr.getvalue().endswith(' to "Ann": 1.0 MB, 500.0 kB/s.\n')


def test_log_lines() -> None:
    stderr = io.StringIO()
    handler = LogLines(choose_display(verbosity="verbose", streams=(None, stderr)))
    for level in (logging.DEBUG, logging.WARNING):
        handler.handle(logging.LogRecord("keks_meet.x", level, "", 0, "a %s", (EVIL,), None))
    assert stderr.getvalue() == f"keks_meet.x: a {ESCAPED}\nWarning: keks_meet.x: a {ESCAPED}\n"
