# SPDX-License-Identifier: AGPL-3.0-only
"""``rift shell``: one stay in a room, many commands."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Final, get_args

from cyclopts import App

from keks_meet.errors import KeksMeetError, UsageError
from keks_meet.protocol.fields import HandState, ReactionName
from keks_meet.rift import prompt
from keks_meet.rift.ask import Asker
from keks_meet.rift.command import Command, CommandLine, known_commands
from keks_meet.rift.events import Status
from keks_meet.rift.exit_codes import ExitCode
from keks_meet.rift.failures import failure_of
from keks_meet.rift.stay import Setup, Stay, staying

__all__ = ["Shell"]

_ANSWER: Final = "yes NUMBER, no NUMBER"
_WORDS: Final[dict[str, tuple[str, ...]]] = {"hand": get_args(HandState), "reaction": get_args(ReactionName)}
"""What Tab completes to that is the same in each room."""
_END: Final = "exit"
"""Does as `quit`, as in other shells."""


@dataclass(frozen=True)
class Shell(Command):
    """Enter a room and give commands; the default.

    Example: rift --secret-file room.txt shell
    """

    place: ClassVar = 3
    has_prompt: ClassVar = True

    async def run(self, setup: Setup) -> ExitCode:
        """Take commands until there are no more."""
        with prompt.above_prompt():
            async with staying(setup, link=True) as stay:
                stay.say(Status("Type help for the commands."))
                async with asyncio.TaskGroup() as tasks:
                    typed = _Typed(stay, tasks)
                    try:
                        return await typed.run()
                    finally:
                        typed.end()


class _Typed:
    """Carries out what is typed. What takes time runs beside."""

    def __init__(self, stay: Stay, tasks: asyncio.TaskGroup) -> None:
        self.stay = stay
        self._tasks = tasks
        self._running: set[asyncio.Task[None]] = set()
        self._asker = Asker(stay.say, self._typed_answers)
        self._answer: asyncio.Future[str] | None = None
        self._is_over = False
        self._commands = CommandLine(App(name="", version_flags=()), known_commands(in_shell=True))
        self._lines = prompt.Lines(prompt.WordCompleter(self._commands.commands, self._ids))

    async def run(self) -> ExitCode:
        """Return at the end of the lines, or when it was told to quit or to stop."""
        try:
            while not self._is_over and (line := await self._next()) is not None:
                try:
                    await self._carry_out(line)
                except (KeksMeetError, OSError) as error:
                    self.stay.say(failure_of(error))
        except asyncio.CancelledError:
            # Who waits for a command has nothing under way.
            return ExitCode.INTERRUPTED if self.stay.is_transferring else ExitCode.DONE
        return ExitCode.DONE

    async def _next(self) -> str | None:
        """Return the next line; None at the end."""
        while True:
            try:
                return await self._lines.next()
            except UsageError as error:
                self.stay.say(failure_of(error))

    def end(self) -> None:
        """End what still runs."""
        for task in self._running:
            task.cancel()

    async def _carry_out(self, line: str) -> None:
        match line.split():
            case ["yes" | "no", *_]:
                self._take_answer(line)
            case [word] if word == _END:
                self.quit()
            case _:
                command = self._commands.parse_line(line)
                if command is not None:
                    await command.in_shell(self)

    # What commands want of the shell

    async def ask(self, question: str) -> bool:
        """Ask; the next ``yes`` or ``no`` with the number of the question answers it."""
        return await self._asker.ask(question)

    def start(self, work: Coroutine[Any, Any, object]) -> None:
        """Let something go on beside, and tell what it raises on purpose."""

        async def run() -> None:
            try:
                await work
            except (KeksMeetError, OSError) as error:
                self.stay.say(failure_of(error))

        task = self._tasks.create_task(run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def help(self, command: str | None) -> None:
        """Print the help of a command, or say what there is. Raises `UsageError` for what is no command."""
        if command is None:
            for name, summary in {**self._commands.summaries(), _ANSWER: "Answer a question."}.items():
                self.stay.say(Status(f"{name:24}{summary}"))
        elif command in self._commands.commands:
            self._commands.print_help(command)
        else:
            msg = f"no such command: {command}"
            raise UsageError(msg)

    def quit(self) -> None:
        """Take no more commands."""
        self._is_over = True

    # Questions

    async def _typed_answers(self, question: str) -> AsyncGenerator[str, None]:
        while True:
            self._answer = asyncio.get_running_loop().create_future()
            self.stay.say(Status(question))
            try:
                line = await self._answer
            finally:
                self._answer = None
            yield line

    def _take_answer(self, line: str) -> None:
        if self._answer is None or self._answer.done():
            self.stay.say(Status("There is no question."))
        else:
            self._answer.set_result(line)

    def _ids(self, kind: str) -> Iterable[str]:
        """Return the ids, or the words, that Tab completes to."""
        if kind in _WORDS:
            return _WORDS[kind]
        if kind == "own":
            return [resource.id for resource in self.stay.room.resources]
        return [line.resource.id for line in self.stay.listed() if line.resource.kind == kind]
