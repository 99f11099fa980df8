# SPDX-License-Identifier: AGPL-3.0-only
"""The command `keks-meet-server`: arguments, signals and exit codes; the only place that sets up logging."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

from cyclopts import App, Parameter

from keks_meet.errors import ConfigError, KeksMeetError, UsageError
from keks_meet.server import tasks
from keks_meet.server.config import Config, load, source_of
from keks_meet.server.config_text import as_toml
from keks_meet.server.listener import report_failure
from keks_meet.server.logs import announcement, set_up_logging
from keks_meet.server.service import VERSION, Service
from keks_meet.server.sockets import Sockets, open_metrics, open_sockets

__all__ = ["main"]

_logger = logging.getLogger(__name__)

_EXIT_FAILED: Final = 1
_EXIT_MISCONFIGURED: Final = 2

_app = App(
    name="keks-meet-server",
    version=f"keks-meet {VERSION}",
    help="Serve keks-meet: web conferencing that the server cannot listen in on.",
)


def main() -> None:
    """Run the command and exit: 0 when it was told to end, 1 when it fails, 2 when the configuration is wrong."""
    _app()


@_app.default
def _command(
    config: Annotated[Path | None, Parameter(help="configuration file (TOML); without it, the built-in one")] = None,
    /,
    *,
    verbose: Annotated[bool, Parameter(negative=(), help="log requests, by route, and what clients do")] = False,
    json_logs: Annotated[bool, Parameter(negative=(), help="write each line as an object of JSON")] = False,
    print_config: Annotated[bool, Parameter(negative=(), help="show the configuration that counts, and end")] = False,
) -> int:
    set_up_logging(verbose=verbose, as_json=json_logs)
    try:
        return _print(config) if print_config else _run(config, as_json=json_logs)
    except KeyboardInterrupt:  # told to end before it has begun to heed that
        if print_config:
            raise
        return 0
    except ConfigError as error:
        _logger.error("%s", error)
        return _EXIT_MISCONFIGURED
    except KeksMeetError as error:
        _logger.error("%s", error)
        return _EXIT_FAILED


@_app.command(name="check")
def _check(
    config: Annotated[Path | None, Parameter(help="configuration file (TOML); without it, the built-in one")] = None,
    /,
    *,
    url: Annotated[str | None, Parameter(help="public address to ask, such as https://meet.example.org")] = None,
) -> int:
    """Look at what people get wrong in a set-up, and say what to do."""
    set_up_logging(verbose=False, as_json=False)
    # Only here, since serving needs nothing of it.
    from keks_meet.server.check import findings, run  # noqa: PLC0415

    logging.getLogger("aioice").setLevel(logging.ERROR)
    try:
        address = None if url is None else run.read_url(url)
        loaded = load(config)
        found = asyncio.run(run.look(loaded, address, _most_open_files(), _workers(loaded)))
    except KeksMeetError as error:
        _logger.error("%s", error)
        return _EXIT_MISCONFIGURED if isinstance(error, ConfigError | UsageError) else _EXIT_FAILED
    is_said = _say(findings.as_text(found))
    return _EXIT_FAILED if not is_said or any(each.level is findings.Level.PROBLEM for each in found) else 0


def _print(path: Path | None) -> int:
    return 0 if _say(as_toml(load(path), source_of(path))) else _EXIT_FAILED


def _say(text: str) -> bool:
    """Write to standard output, and return whether that took it: a full disk does not, nor one that is closed."""
    if sys.stdout is None:
        return False
    try:
        # A terminal may be one that has no arrows.
        encoding = sys.stdout.encoding
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        _logger.error("standard output takes nothing: %s", error.strerror)
        # Python would fail once more with what it still holds as it exits.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        return False
    return True


def _run(path: Path | None, *, as_json: bool) -> int:
    config = load(path)
    _allow_open_files(config.limits.open_files)
    count = _workers(config)
    if count > 1:
        return _run_workers(config, count, as_json=as_json)
    _serve_with(config, open_sockets(config.server, metrics=config.metrics.address), as_json=as_json)
    return 0


def _workers(config: Config) -> int:
    return _most_workers() if config.server.workers == "auto" else config.server.workers


def _serve_with(
    config: Config,
    sockets: Sockets,
    on_ready: Callable[[], None] = lambda: None,
    *,
    as_json: bool,
    is_announced: bool = True,
) -> None:
    service = Service(config, sockets)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(service, on_ready, as_json=as_json, is_announced=is_announced))


async def _serve(service: Service, on_ready: Callable[[], None], *, as_json: bool, is_announced: bool) -> None:
    """Serve until told to end."""
    loop, ending = asyncio.get_running_loop(), _Ending()
    loop.set_exception_handler(report_failure)
    loop.add_signal_handler(signal.SIGTERM, ending.tell)
    loop.add_signal_handler(signal.SIGINT, ending.hurry)
    _heed_hangups(service, ending)
    await service.start()
    on_ready()
    for address in service.metrics_addresses:
        _logger.info("metrics are at http://%s/metrics", address)
    announcing = tasks.start(_announce(service, as_json=as_json)) if is_announced else None
    await ending.told.wait()
    _logger.info("told to end")
    if announcing:
        announcing.cancel()
    await service.drain(ending.hurried)
    await service.stop()


async def _announce(service: Service, *, as_json: bool) -> None:
    """Say once clients are taken that they are, and where; a Unix socket has nothing to open."""
    await service.was_ready()
    ready = f"keks-meet {VERSION} is ready"
    for sentence in [f"{ready}: open {page}" for page in service.addresses] or [ready]:
        _say(announcement(_logger, sentence, as_json=as_json) + "\n")


class _Ending:
    """Whether the server was told to end, and whether it may take the time to send its clients away one by one."""

    def __init__(self) -> None:
        self.told = asyncio.Event()
        self.hurried = asyncio.Event()

    def tell(self) -> None:
        """End politely; told twice, without more delay."""
        if self.told.is_set():
            self.hurried.set()
        self.told.set()

    def hurry(self) -> None:
        """End without delay."""
        self.hurried.set()
        self.told.set()


if sys.platform == "win32":

    def _heed_hangups(_service: Service, _ending: _Ending) -> None:
        """Do nothing: this system has no hangups."""

    def _loop_factory() -> None:
        return None

    def _most_open_files() -> int | None:
        return None

    def _most_workers() -> int:
        return 1

    def _run_workers(_config: Config, _count: int, *, as_json: bool) -> int:
        msg = "server.workers: this system cannot have more than one"
        raise ConfigError(msg)

    def _allow_open_files(_wanted: int) -> None:
        """Leave the number of open files to the system."""

else:
    import resource

    import uvloop

    def _most_workers() -> int:
        """Return the number of processors that this process may use."""
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def _run_workers(config: Config, count: int, *, as_json: bool) -> int:
        # Only here, since a single process needs nothing of it.
        from keks_meet.server import workers  # noqa: PLC0415

        shared = open_sockets(config.server)
        metrics = open_metrics(config.metrics.address, count)

        def serve(config: Config, number: int, on_ready: Callable[[], None]) -> int:
            place = number if number >= 0 else -number - 1
            sockets = Sockets(shared.http, shared.stun, metrics[place])
            try:
                _serve_with(config, sockets, on_ready, as_json=as_json, is_announced=number == 0)
            except KeksMeetError as error:
                _logger.error("%s", error)
                return _EXIT_MISCONFIGURED if isinstance(error, ConfigError) else _EXIT_FAILED
            return 0

        return workers.run(config, count, serve, is_reloading=_is_reloading(config.server.tls_cert is not None))

    def _heed_hangups(service: Service, ending: _Ending) -> None:
        """Load the certificate again on SIGHUP, as service managers ask for it; end when a terminal has gone.

        Without a certificate it ends, too. Whoever started it with nohup wants it to do neither.
        """
        if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
            return
        act = service.reload_certificate if _is_reloading(service.has_certificate) else ending.hurry
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, act)

    def _is_reloading(has_certificate: bool) -> bool:
        """Tell whether SIGHUP loads the certificate again; otherwise it ends the command."""
        return has_certificate and not _has_terminal()

    def _has_terminal() -> bool:
        """Tell whether this process belongs to a terminal."""
        try:
            os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
        except OSError:
            return False
        return True

    def _loop_factory() -> type[uvloop.Loop]:
        return uvloop.Loop

    def _most_open_files() -> int | None:
        """Return how many open files the system allows if asked; None is for any number."""
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        return None if hard == resource.RLIM_INFINITY else hard

    def _allow_open_files(wanted: int) -> None:
        """Ask the system for as many open files."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        if most < wanted:
            _logger.warning("the system allows %d open files, too few for limits.connections", most)
