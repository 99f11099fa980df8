# SPDX-License-Identifier: AGPL-3.0-only
"""A server's site beside the built one: whatever differs is found, and what may differ is told."""

import gzip
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from keks_meet.errors import PagesError
from keks_meet.server.config import Appearance
from keks_meet.site.comparison import COLOURS, Answer, SiteComparison
from keks_meet.site.headers import security_headers
from keks_meet.site.template import filled

PAGE = '<meta content="{{version}}" data-source="{{source_url}}" data-colour="{{dark_page}}"><script>ours()</script>'
OURS = "'sha256-" + b64encode(sha256(b"ours()").digest()).decode() + "'"
HEADERS = {name.lower(): value for name, value in security_headers(tls=False, inline=[OURS]).items()}
ANY_SCRIPT = HEADERS["content-security-policy"].replace(OURS, "'unsafe-inline'")
SCRIPT = b"alert('ours');\n" * 50
NAMES = ("accent", "accent-dark", "accent-light", "background", "background-dark", "background-light")
COLOURS_OF = (":root {\n" + "".join(f"  --{name}: #12345{at};\n" for at, name in enumerate(NAMES)) + "}\n").encode()
STEAL = b"<script src=/steal.js></script>"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    "": "text/html; charset=utf-8",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    (made / "assets").mkdir()
    for name in ("start.html", "room.html"):
        (made / name).write_text(PAGE)
    (made / "sw.js").write_bytes(b"self")
    (made / "source.tar.gz").write_bytes(b"sources")
    (made / "assets/a-1.js").write_bytes(SCRIPT)
    (made / "assets/a-1.js.br").write_bytes(brotli.compress(SCRIPT))
    (made / "assets/a-1.js.gz").write_bytes(gzip.compress(SCRIPT, mtime=0))
    return made


@pytest.fixture
def comparison(folder: Path) -> SiteComparison:
    return SiteComparison(folder, "1.0", "https://meet.example/below")


def page(version: str = "1.0", source: str = "source.tar.gz", colour: str = "#070707") -> bytes:
    return filled(PAGE, {"version": version, "source_url": source, "dark_page": colour}).encode()


def answer(address: str, body: bytes, status: int = 200, **headers: str | None) -> Answer:
    usual = HEADERS | {"content-type": TYPES[Path(address).suffix], "cache-control": "no-cache"}
    given = usual | {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {name: value for name, value in given.items() if value is not None}, body)


def gzipped(address: str, body: bytes) -> Answer:
    return answer(address, body, content_encoding="gzip")


TRUE = [
    ("/", answer("/", page())),
    ("/room", gzipped("/room", gzip.compress(page()))),
    ("/room", answer("/room", brotli.compress(page(), quality=5), content_encoding="br")),
    ("/sw.js", answer("/sw.js", b"self")),
    ("/source.tar.gz", answer("/", b"sources", content_type="application/gzip")),
    ("/assets/a-1.js", answer("/a.js", SCRIPT, cache_control="max-age=1")),
    ("/overrides.css", answer("/a.css", COLOURS_OF)),
]


def test_a_site_that_is_ours_has_no_difference(comparison: SiteComparison) -> None:
    assert {address for address, _ in TRUE} == set(comparison.addresses)
    for address, given_answer in TRUE:
        comparison.compare(address, given_answer)
    assert comparison.differences == []
    assert comparison.configured["source_url"] == "source.tar.gz"
    assert comparison.configured["accent_dark"] == "#123451"


def test_the_colours_are_those_that_a_server_configures() -> None:
    assert list(COLOURS) == [field.name for field in fields(Appearance)]


def padded(length: int) -> bytes:
    """Return a page that looks honest up to a length, and goes on."""
    honest = page(source="source.tar.gz")
    filler = b"&#1;" * ((length - len(honest)) // 4 + 9)
    return honest.replace(b"source.tar.gz", filler + b"source.tar.gz") + STEAL


ROOM = answer("/", page())
OTHERS: list[tuple[str, Answer | None, str]] = [
    ("/", answer("/", page().replace(b"ours", b"mine")), "is different"),
    ("/", answer("/", page() + b" "), "is different"),
    ("/", answer("/", page() + STEAL), "is different"),
    ("/", answer("/", page().replace(b"source", b'x"><script>')), "is different"),
    ("/", answer("/", page().replace(b"source.tar.gz", b"&#1;source.tar.gz")), "is different"),
    ("/", answer("/", page().replace(b"source.tar.gz", b"&copy=1")), "is different"),
    ("/", answer("/", page().replace(b"source.tar.gz", b"\xff")), "is different"),
    ("/", gzipped("/", gzip.compress(padded(len(PAGE) + 4096))), "cannot be unpacked"),
    ("/", gzipped("/", gzip.compress(page()) + gzip.compress(STEAL)), "cannot be unpacked"),
    ("/", gzipped("/", gzip.compress(page())[:-1]), "cannot be unpacked"),
    ("/", gzipped("/", b"nonsense"), "cannot be unpacked"),
    ("/", answer("/", brotli.compress(bytes(9_000_000)), content_encoding="br"), "cannot be unpacked"),
    ("/", answer("/", b"nonsense", content_encoding="br"), "cannot be unpacked"),
    ("/", answer("/", page(), content_encoding="\xa0gzip"), "is sent in an encoding that was not asked for"),
    ("/", answer("/", page(), content_encoding="zstd"), "is sent in an encoding that was not asked for"),
    ("/", answer("/", page(), content_encoding="gzip, gzip"), "is sent in an encoding that was not asked for"),
    ("/", answer("/", page(version="2.0")), "says that it is of another version"),
    ("/", answer("/", page(source="javascript:alert(1)")), "has a source_url that is no address"),
    ("/", answer("/", page(source="data:text/html,x")), "has a source_url that is no address"),
    ("/", answer("/", page(source="//evil.example")), "has a source_url that is no address"),
    ("/", answer("/", page(source="/\\evil.example")), "has a source_url that is no address"),
    ("/", answer("/", page(source="a\x1b[2J")), "has a source_url that is no address"),
    (
        "/",
        answer("/", page(source="guide")),
        "has a source_url that leads to a page of this server that is not compared",
    ),
    (
        "/",
        answer("/", page(source="HTTPS://meet.example/")),
        "has a source_url that leads to a page of this server that is not compared",
    ),
    ("/", answer("/", page(colour="url(x)")), "has a dark_page that is no colour"),
    ("/", answer("/", page(), content_security_policy="default-src *"), "comes with another content-security-policy"),
    ("/", answer("/", page(), content_security_policy=ANY_SCRIPT), "comes with another content-security-policy"),
    ("/", answer("/", page(), content_security_policy=None), "comes with another content-security-policy"),
    ("/", answer("/", page(), referrer_policy=None), "comes with another referrer-policy"),
    ("/", answer("/", page(), content_type="text/html; charset=iso-2022-jp"), "comes with another content-type"),
    ("/", answer("/", page(), cache_control="max-age=99999"), "may be kept by browsers"),
    ("/", answer("/", page(), link="<x.js>; rel=modulepreload"), "comes with the header link"),
    ("/", answer("/", page(), clear_site_data='"*"'), "comes with the header clear-site-data"),
    ("/sw.js", answer("/sw.js", b"self", service_worker_allowed="/"), "comes with the header service-worker-allowed"),
    ("/sw.js", answer("/sw.js", b"self", refresh="0;url=/x"), "comes with the header refresh"),
    ("/sw.js", answer("/sw.js", b"selves"), "is different"),
    ("/sw.js", answer("/sw.js", b"", 404), "is missing"),
    ("/sw.js", answer("/sw.js", b"", 302), "is answered with the status 302"),
    ("/sw.js", None, "is longer"),
    (
        "/",
        Answer(200, ROOM.headers, ROOM.body, is_framed_plainly=False),
        "is sent in a way that programs read differently",
    ),
    ("/overrides.css", answer("/a.css", COLOURS_OF + b"a { background: url(//x) }"), "is something else than colours"),
    ("/overrides.css", answer("/a.css", COLOURS_OF.replace(b"#123450", b"url(x)")), "is something else than colours"),
    ("/overrides.css", answer("/a.css", COLOURS_OF.replace(b"#123450", b"#1234")), "is something else than colours"),
    (
        "/overrides.css",
        answer("/a.css", COLOURS_OF.replace(b"accent:", b"source-url:")),
        "is something else than colours",
    ),
]


@pytest.mark.parametrize(("address", "given_answer", "what"), OTHERS)
def test_whatever_else_comes_is_a_difference(
    comparison: SiteComparison, address: str, given_answer: Answer | None, what: str
) -> None:
    comparison.compare(address, given_answer)
    (found,) = comparison.differences
    assert (found.address, found.what) == (address, what)


@pytest.mark.parametrize(("encoding", "compress"), [("br", brotli.compress), ("gzip", gzip.compress)])
def test_who_compresses_again_changes_nothing(
    comparison: SiteComparison, encoding: str, compress: Callable[[bytes], bytes]
) -> None:
    comparison.compare("/assets/a-1.js", answer("/a.js", compress(SCRIPT), content_encoding=encoding))
    assert comparison.differences == []


def test_without_encryption_browsers_do_not_take_brotli(folder: Path) -> None:
    comparison = SiteComparison(folder, "1.0", "http://meet.example")
    assert comparison.encodings == ("gzip",)
    comparison.compare("/assets/a-1.js", answer("/a.js", brotli.compress(SCRIPT), content_encoding="br"))
    assert [each.what for each in comparison.differences] == ["is sent in an encoding that was not asked for"]


@pytest.mark.parametrize(
    "source", ["source.tar.gz", "/below/source.tar.gz", "https://code.example/a?b=c", "http://meet.example/x"]
)
def test_addresses_lead_to_compared_pages_and_to_other_servers(comparison: SiteComparison, source: str) -> None:
    comparison.compare("/", answer("/", page(source=source)))
    assert comparison.differences == []
    assert comparison.configured["source_url"] == source


@pytest.mark.parametrize(
    "source",
    [
        "https://m%65et.example/guide",
        "https://a@meet.example/guide",
        "https://0x7f.1/",
        "https://127.1/",
        "ftp://meet.example/",
        "https://meet.example:99999/",
        "https://[::1/",
    ],
)
def test_an_address_that_browsers_could_take_for_another_one_is_none(comparison: SiteComparison, source: str) -> None:
    comparison.compare("/", answer("/", page(source=source)))
    assert [each.what for each in comparison.differences] == ["has a source_url that is no address"]


@pytest.mark.parametrize(
    "source", ["https://meet.example:443/guide", "https://MEET.example/guide", "/guide", "../x", "https:guide"]
)
def test_other_pages_of_the_server_are_not_compared(comparison: SiteComparison, source: str) -> None:
    comparison.compare("/", answer("/", page(source=source)))
    (found,) = comparison.differences
    assert found.what == "has a source_url that leads to a page of this server that is not compared"


def test_pages_are_configured_alike(comparison: SiteComparison) -> None:
    comparison.compare("/", answer("/", page(source="https://one.example/")))
    comparison.compare("/room", answer("/", page(source="https://two.example/")))
    assert [each.what for each in comparison.differences] == ["has another source_url than other pages"]


@given(at=st.integers(0, len(SCRIPT) - 1), byte=st.integers(0, 255))
def test_no_byte_can_be_another_one(folder: Path, at: int, byte: int) -> None:
    comparison = SiteComparison(folder, "1.0", "https://meet.example")
    changed = SCRIPT[:at] + bytes([byte]) + SCRIPT[at + 1 :]
    comparison.compare("/assets/a-1.js", answer("/a.js", changed))
    assert bool(comparison.differences) == (changed != SCRIPT)


def test_without_pages_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(PagesError, match="not built"):
        SiteComparison(tmp_path, "1.0", "https://meet.example")
