# SPDX-License-Identifier: AGPL-3.0-only
"""A server's site beside the built one: whatever differs is found, and what may differ is told."""

import gzip
from collections.abc import Mapping
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keks_meet.errors import PagesError
from keks_meet.site.comparison import Answer, SiteComparison
from keks_meet.site.headers import security_headers

HEADERS = {name.lower(): value for name, value in security_headers(tls=False).items()}
PAGE = '<meta content="{{version}}" data-source="{{source_url}}" data-colour="{{dark_page}}"><script src="a.js">'
SCRIPT = b"alert('ours');\n" * 50
OVERRIDES = b":root {\n  --accent: #123456;\n  --accent-dark: #fff;\n}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("pages")
    (made / "assets").mkdir()
    for name in ("start.html", "room.html"):
        (made / name).write_text(PAGE)
    (made / "sw.js").write_bytes(b"self")
    (made / "assets/a-1.js").write_bytes(SCRIPT)
    (made / "assets/a-1.js.br").write_bytes(brotli.compress(SCRIPT))
    (made / "assets/a-1.js.gz").write_bytes(gzip.compress(SCRIPT, mtime=0))
    return made


@pytest.fixture
def comparison(folder: Path) -> SiteComparison:
    return SiteComparison(folder, "1.0")


def page(version: str = "1.0", source: str = "source.tar.gz", colour: str = "#070707") -> bytes:
    filled = PAGE.replace("{{version}}", version).replace("{{source_url}}", source).replace("{{dark_page}}", colour)
    return filled.encode()


def answer(body: bytes, status: int = 200, **headers: str) -> Answer:
    return Answer(status, HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}, body)


TRUE: Mapping[str, Answer] = {
    "/": answer(page()),
    "/room": answer(gzip.compress(page()), content_encoding="gzip"),
    "/sw.js": answer(b"self"),
    "/assets/a-1.js": answer(SCRIPT),
    "/overrides.css": answer(OVERRIDES),
}


def test_a_site_that_is_ours_has_no_difference(comparison: SiteComparison) -> None:
    assert set(comparison.addresses) == TRUE.keys()
    for address, given_answer in TRUE.items():
        comparison.compare(address, given_answer)
    assert comparison.differences == []
    assert comparison.configured == {
        "source_url": "source.tar.gz",
        "dark_page": "#070707",
        "accent": "#123456",
        "accent_dark": "#fff",
    }


@pytest.mark.parametrize(
    ("address", "given_answer", "what"),
    [
        ("/", answer(page().replace(b"a.js", b"b.js")), "is different"),
        ("/", answer(page(source='x"><script>')), "is different"),
        ("/", answer(page(version="2.0")), "says that it is of another version"),
        ("/", answer(page(source="javascript:alert(1)")), "has something else where source_url should stand"),
        ("/", answer(page(source="data:text/html,x")), "has something else where source_url should stand"),
        ("/", answer(page(colour="url(x)")), "has something else where dark_page should stand"),
        ("/", answer(page() + b" "), "is different"),
        ("/", answer(page(), content_security_policy="default-src *"), "comes without the content security policy"),
        ("/", answer(page(), link="<x.js>; rel=modulepreload"), "comes with the header link"),
        ("/sw.js", answer(b"self", service_worker_allowed="/"), "comes with the header service-worker-allowed"),
        ("/sw.js", answer(b"self", refresh="0;url=/x"), "comes with the header refresh"),
        ("/sw.js", answer(b"selves"), "is different"),
        ("/sw.js", answer(b"", 404), "is missing"),
        ("/sw.js", answer(b"", 302), "is answered with the status 302"),
        ("/sw.js", None, "is longer"),
        ("/assets/a-1.js", answer(brotli.compress(b"alert('theirs')"), content_encoding="br"), "is different"),
        ("/assets/a-1.js", answer(b"nonsense", content_encoding="br"), "is sent as br, which cannot be read"),
        ("/assets/a-1.js", answer(b"nonsense", content_encoding="gzip"), "is sent as gzip, which cannot be read"),
        ("/assets/a-1.js", answer(SCRIPT, content_encoding="zstd"), "is sent as zstd, which cannot be read"),
        ("/assets/a-1.js", answer(gzip.compress(bytes(50_000_000)), content_encoding="gzip"), "is different"),
        ("/overrides.css", answer(OVERRIDES + b"a { background: url(//x) }"), "is more than colours"),
        ("/overrides.css", answer(OVERRIDES.replace(b"#fff", b"url(x)")), "is more than colours"),
    ],
)
def test_whatever_else_comes_is_a_difference(
    comparison: SiteComparison, address: str, given_answer: Answer | None, what: str
) -> None:
    comparison.compare(address, given_answer)
    (found,) = comparison.differences
    assert (found.address, found.what) == (address, what)


@pytest.mark.parametrize(("encoding", "compress"), [("br", brotli.compress), ("gzip", gzip.compress)])
def test_who_compresses_again_changes_nothing(comparison: SiteComparison, encoding: str, compress: object) -> None:
    again = compress(SCRIPT) if callable(compress) else b""
    comparison.compare("/assets/a-1.js", answer(again, content_encoding=encoding))
    assert comparison.differences == []


def test_a_second_policy_can_only_forbid_more(comparison: SiteComparison) -> None:
    ours = HEADERS["content-security-policy"]
    comparison.compare("/", answer(page(), content_security_policy=f"sandbox, {ours}"))
    assert comparison.differences == []


def test_pages_are_configured_alike(comparison: SiteComparison) -> None:
    comparison.compare("/", answer(page(source="/one")))
    comparison.compare("/room", answer(page(source="/two")))
    assert [each.what for each in comparison.differences] == ["has another source_url than other pages"]


@given(at=st.integers(0, len(SCRIPT) - 1), byte=st.integers(0, 255))
def test_no_byte_can_be_another_one(folder: Path, at: int, byte: int) -> None:
    comparison = SiteComparison(folder, "1.0")
    changed = SCRIPT[:at] + bytes([byte]) + SCRIPT[at + 1 :]
    comparison.compare("/assets/a-1.js", answer(changed))
    assert bool(comparison.differences) == (changed != SCRIPT)


def test_without_pages_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(PagesError, match="not built"):
        SiteComparison(tmp_path, "1.0")
