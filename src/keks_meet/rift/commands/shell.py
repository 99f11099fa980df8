# SPDX-License-Identifier: AGPL-3.0-only
"""``rift shell``: one stay in a room, many commands."""

import asyncio
import itertools
import logging
import shlex
import sys
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final

from msgspec import Struct, structs
from prompt_toolkit.patch_stdout import patch_stdout

from keks_meet.client.threads import in_thread
from keks_meet.errors import KeksMeetError, UsageError
from keks_meet.rift.answers import how_to_answer, read_answer
from keks_meet.rift.app import parse_line, print_help
from keks_meet.rift.arguments import Arguments, Chat, Download, Expose, Forward, List, Provide, Shell
from keks_meet.rift.choose_display import choose_display
from keks_meet.rift.commands.chat import check_length
from keks_meet.rift.commands.download import find
from keks_meet.rift.commands.expose import expose
from keks_meet.rift.commands.forward import forward
from keks_meet.rift.commands.list import offers
from keks_meet.rift.dispatch import Setup
from keks_meet.rift.display import worded
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.log_lines import LogLines
from keks_meet.rift.offering import sources_of
from keks_meet.rift.prompt import Lines, Words
from keks_meet.rift.saving import save
from keks_meet.rift.stay import Stay, staying

__all__ = ["run"]

_OWN_WORDS: Final = {
    "peers": "who is in the room",
    "stop ID…": "offer something no longer",
    "help [COMMAND]": "these, or one of them",
    "yes NUMBER, no NUMBER": "answer a question",
    "quit": "leave",
}
_WORDS: Final = {"list", "download", "provide", "expose", "forward", "chat", "peers", "stop", "help", "quit"}


async def run(setup: Setup, _: Shell) -> ExitCode:
    """Take commands until there are no more."""
    with patch_stdout(raw=True):
        # A display of its own: what is said must pass above the prompt.
        display = choose_display(
            as_json=setup.as_json, verbosity=setup.verbosity, bars=False, streams=(sys.stdout, sys.stderr)
        )
        logging.getLogger().handlers = [LogLines(display)]
        async with staying(structs.replace(setup, display=display), link=True) as stay:
            display.status("Type help for the commands.")
            async with asyncio.TaskGroup() as tasks:
                prompt = _Prompt(stay, setup, tasks)
                try:
                    await prompt.run()
                finally:
                    prompt.end()
    return ExitCode.DONE


def _words(line: str) -> list[str]:
    """Take a line apart as `parse_line` does, ids with blanks and dashes included. Raises `UsageError`."""
    try:
        return [word for word in shlex.split(line) if word != "--"]
    except ValueError as error:
        raise UsageError(str(error)) from error


class _Question(Struct, eq=False):
    number: int
    text: str
    answer: asyncio.Future[bool]


class _Prompt:
    """Carries out what is typed. What takes time runs beside."""

    def __init__(self, stay: Stay, setup: Setup, tasks: asyncio.TaskGroup) -> None:
        self._stay = stay
        self._setup = setup
        self._tasks = tasks
        self._running: set[asyncio.Task[None]] = set()
        self._questions: deque[_Question] = deque()
        self._numbers = itertools.count(1)
        self._lines = Lines(Words(_WORDS, self._ids))

    async def run(self) -> None:
        while (line := await self._lines.next()) is not None:
            if line.split() in (["quit"], ["exit"]):
                return
            try:
                await self._carry_out(line)
            except (KeksMeetError, OSError) as error:
                self._stay.display.error(str(error))

    def end(self) -> None:
        """End what still runs."""
        for task in self._running:
            task.cancel()

    async def _carry_out(self, line: str) -> None:
        first = line.split(maxsplit=1)[0] if line.split() else ""
        own: dict[str, Callable[[list[str]], None]] = {
            "peers": lambda _: self._peers(),
            "stop": self._stop,
            "help": self._help,
            "yes": lambda rest: self._answer(["yes", *rest]),
            "no": lambda rest: self._answer(["no", *rest]),
        }
        if first in own:
            own[first](_words(line)[1:])
            return
        arguments = parse_line(line)
        if arguments is not None:
            await self._command(arguments)

    async def _command(self, arguments: Arguments) -> None:
        stay = self._stay
        match arguments:
            case List():
                stay.display.resources(offers(stay))
            case Chat(message=message):
                check_length(message)
                stay.room.send_chat(message)
            case Provide(path=path, id=resource_id):
                (source,) = await in_thread(sources_of, (path,), stay.display)
                self._check_is_free(resource_id or source.label)
                stay.display.providing(await stay.room.provide(source, resource_id or source.label))
            case Download(path="-"):
                stay.display.error("Here is no standard output to write to: name a path.", code="usage")
            case Download():
                self._download(arguments)
            case Expose(port=port, id=resource_id):
                self._check_is_free(resource_id or str(port))
                expose(stay, arguments, self._ask)
            case Forward():
                self._start(forward(stay, arguments))
            case _:
                stay.display.error("Here that is provide or download.", code="usage")

    def _check_is_free(self, resource_id: str) -> None:
        """Others who were told an id take what was offered under it first. Raises `UsageError`."""
        if any(resource.id == resource_id for resource in self._stay.room.resources):
            message = f"{resource_id} is offered from here already: stop it first, or name another id"
            raise UsageError(message)

    def _download(self, arguments: Download) -> None:
        found = find(self._stay, arguments.id, "file")
        if found is None:
            is_port = find(self._stay, arguments.id, "port") is not None
            problem = f"{arguments.id} is a port: forward it." if is_port else f"Nobody offers {arguments.id}."
            self._stay.display.error(problem, code="not-on-offer")
            return
        target = self._setup.settings.download_folder if arguments.path is None else arguments.path
        self._start(save(self._stay, *found, target, arguments))

    def _peers(self) -> None:
        for peer in self._stay.room.peers:
            self._stay.display.status(f"{worded(self._stay.named(peer))}: {peer.status}")
        if not self._stay.room.peers:
            self._stay.display.status("Nobody else is there.")

    def _stop(self, ids: list[str]) -> None:
        offered = {resource.id for resource in self._stay.room.resources}
        for resource_id in ids or sorted(offered):
            if resource_id in offered:
                self._stay.room.stop(resource_id)
                self._stay.display.status(f"No longer offering {resource_id}.")
            else:
                self._stay.display.error(f"{resource_id} is not among what is offered from here.", code="usage")

    def _help(self, command: list[str]) -> None:
        if command:
            print_help(*command[:1])
            return
        for words, meaning in _OWN_WORDS.items():
            self._stay.display.status(f"{words:24}{meaning}")
        self._stay.display.status("list, download, provide, expose, forward, chat: as rift has them; see help COMMAND")

    async def _ask(self, question: str) -> bool:
        """Ask, one thing at a time; the next ``yes`` or ``no`` with its number answers what stands there."""
        asked = _Question(next(self._numbers), question, asyncio.get_running_loop().create_future())
        self._questions.append(asked)
        if self._questions[0] is asked:
            self._show_question()
        try:
            return await asked.answer
        finally:
            was_shown = self._questions[0] is asked
            self._questions.remove(asked)
            if was_shown:
                self._show_question()

    def _show_question(self) -> None:
        if self._questions:
            asked = self._questions[0]
            self._stay.display.status(f"Question {asked.number}: {asked.text} {how_to_answer(asked.number)}")

    def _answer(self, words: list[str]) -> None:
        asked = self._questions[0] if self._questions else None
        if asked is None or asked.answer.done():
            self._stay.display.status("There is no question.")
            return
        answer = read_answer(words, asked.number)
        if answer is None:
            self._stay.display.status("That answers no question that is asked now.")
            self._show_question()
        else:
            asked.answer.set_result(answer)

    def _ids(self, command: str) -> Iterable[str]:
        if command == "stop":
            return [resource.id for resource in self._stay.room.resources]
        kind = {"download": "file", "forward": "port"}.get(command)
        return [one.resource.id for one in offers(self._stay) if one.resource.kind == kind]

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        async def run() -> None:
            try:
                await work
            except (KeksMeetError, OSError) as error:
                self._stay.display.error(str(error))

        task = self._tasks.create_task(run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
