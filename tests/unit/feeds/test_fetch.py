"""Fetching over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import shutil
import socket
import ssl
import subprocess
import time
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ThreadedResolver, web

from bot.errors import (
    EmptyDocument,
    FeedError,
    FeedGone,
    FeedRefused,
    FeedTooLarge,
    FeedUnreachable,
    ForbiddenAddress,
    TooManyRedirects,
)
from bot.feeds.fetching.fetch import MAX_BYTES, Document, Fetcher, Limits, NotModified, retry_after, user_agent
from tests.fakes.web import WebServer

RSS = b"<rss version='2.0'><channel><title>Nyt</title></channel></rss>"


@pytest.fixture
async def server() -> AsyncIterator[WebServer]:
    """A web server whose answers the test decides."""
    async with WebServer() as server:
        yield server


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    """A fetcher that may ask this machine."""
    async with Fetcher(allow=True, contact="presse@example.org") as fetcher:
        yield fetcher


async def refusal(fetcher: Fetcher, url: str) -> FeedError:
    """The error that fetching an address ends in; it must name the address, in one line."""
    with pytest.raises(FeedError) as error:
        await fetcher.fetch(url)
    assert error.value.url == url
    assert str(error.value).isprintable()
    assert "aiohttp" not in str(error.value)
    return error.value


async def test_a_document_comes_with_what_the_server_said_about_it(server: WebServer, fetcher: Fetcher) -> None:
    """Body, type and the two validators are handed on as they are."""
    modified = "Mon, 05 Oct 2026 08:00:00 GMT"
    server.put("/feed", RSS, etag=True, last_modified=modified)
    document = await fetcher.fetch(server.url("/feed"))
    assert isinstance(document, Document)
    assert (document.url, document.body) == (server.url("/feed"), RSS)
    assert document.content_type == "application/rss+xml; charset=utf-8"
    assert document.last_modified == modified
    assert document.moved_to is None
    again = await fetcher.fetch(server.url("/feed"), etag=document.etag, last_modified=document.last_modified)
    assert again == NotModified(server.url("/feed"))
    assert server.requests[-1].headers["If-None-Match"] == document.etag
    assert server.requests[-1].headers["If-Modified-Since"] == modified


async def test_a_last_modified_alone_is_enough(server: WebServer, fetcher: Fetcher) -> None:
    """A server without ETags is still asked for news only."""
    server.put("/feed", RSS, last_modified="Mon, 05 Oct 2026 08:00:00 GMT")
    answer = await fetcher.fetch(server.url("/feed"), last_modified="Mon, 05 Oct 2026 08:00:00 GMT")
    assert isinstance(answer, NotModified)


async def test_a_304_that_nobody_asked_for_is_refused(server: WebServer, fetcher: Fetcher) -> None:
    """Without conditions there is no earlier document for it to mean."""
    server.put("/feed", status=304)
    assert isinstance(await refusal(fetcher, server.url("/feed")), FeedRefused)


async def test_the_request_says_honestly_who_asks_and_for_what(server: WebServer, fetcher: Fetcher) -> None:
    """Name, version and contact in the User-Agent, feeds in Accept, and no conditions without a reason."""
    server.put("/feed", RSS)
    await fetcher.fetch(server.url("/feed"))
    headers = server.requests[0].headers
    assert headers["User-Agent"].startswith("Pressevagt/")
    assert headers["User-Agent"].endswith(" (+presse@example.org)")
    assert "application/rss+xml" in headers["Accept"]
    assert not {"If-None-Match", "If-Modified-Since", "Cookie"} & set(headers)


def test_a_contact_cannot_break_the_header() -> None:
    """Line breaks and foreign letters are left out; without a contact there is none."""
    assert user_agent("a\r\nX-Evil: 1ø").endswith(" (+aX-Evil: 1)")
    assert "(" not in user_agent("")


async def test_cookies_are_not_kept(server: WebServer, fetcher: Fetcher) -> None:
    """The bot has no memory for what a server would like it to remember."""
    server.put("/feed", RSS, headers={"Set-Cookie": "a=b"})
    await fetcher.fetch(server.url("/feed"))
    await fetcher.fetch(server.url("/feed"))
    assert "Cookie" not in server.requests[1].headers


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_compressed_documents_are_unpacked(server: WebServer, fetcher: Fetcher, encoding: str) -> None:
    """Both compressions that are asked for are understood."""
    body = gzip.compress(RSS) if encoding == "gzip" else zlib.compress(RSS)
    server.put("/feed", body, headers={"Content-Encoding": encoding})
    document = await fetcher.fetch(server.url("/feed"))
    assert isinstance(document, Document)
    assert document.body == RSS


async def test_validators_that_no_header_can_hold_are_dropped(server: WebServer, fetcher: Fetcher) -> None:
    """A broken or endless ETag costs a full answer next time, never a request or a row in the database."""
    server.put("/feed", RSS, headers={"ETag": '"' + "x" * 2000 + '"', "Last-Modified": "i går\u20ac"})
    document = await fetcher.fetch(server.url("/feed"))
    assert isinstance(document, Document)
    assert (document.etag, document.last_modified) == (None, None)


# Redirects -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "remembered"),
    [
        ([301], 1), ([308], 1), ([302], 0), ([303], 0), ([307], 0),
        ([301, 308, 301], 3), ([301, 302], 1), ([302, 301], 0), ([301, 301, 307, 301], 2), ([301] * 5, 5),
    ],
)  # fmt: skip
async def test_permanent_redirects_are_remembered_up_to_the_first_that_is_not(
    server: WebServer, fetcher: Fetcher, statuses: list[int], remembered: int
) -> None:
    """All are followed, but only an unbroken run of 301 and 308 from the start is worth keeping."""
    for hop, status in enumerate(statuses):
        server.redirect(f"/{hop}", f"/{hop + 1}", status=status)
    server.put(f"/{len(statuses)}", RSS)
    document = await fetcher.fetch(server.url("/0"))
    assert isinstance(document, Document)
    assert document.url == server.url(f"/{len(statuses)}")
    assert document.moved_to == (server.url(f"/{remembered}") if remembered else None)


async def test_an_unchanged_document_behind_a_permanent_redirect_tells_of_the_move(server: WebServer, fetcher: Fetcher) -> None:
    """The conditions travel along, and so does the news that the address changed."""
    server.redirect("/old", "/new")
    server.put("/new", RSS, last_modified="Mon, 05 Oct 2026 08:00:00 GMT")
    answer = await fetcher.fetch(server.url("/old"), last_modified="Mon, 05 Oct 2026 08:00:00 GMT")
    assert answer == NotModified(server.url("/new"), moved_to=server.url("/new"))


async def test_more_than_five_redirects_are_too_many(server: WebServer, fetcher: Fetcher) -> None:
    """So a loop ends by itself, after six requests."""
    server.redirect("/a", "/b")
    server.redirect("/b", "/a", status=302)
    assert isinstance(await refusal(fetcher, server.url("/a")), TooManyRedirects)
    assert len(server.requests) == 6


async def test_redirects_are_read_as_servers_write_them(server: WebServer, fetcher: Fetcher) -> None:
    """Relative ones, and such as hold fragments or Danish letters."""
    server.redirect("/a/b", "../nyhed ærø?x=1#top")
    server.put("/nyhed%20%C3%A6r%C3%B8?x=1", RSS)
    document = await fetcher.fetch(server.url("/a/b"))
    assert document.url == server.url("/nyhed%20%C3%A6r%C3%B8?x=1")


async def test_a_redirect_without_a_place_to_go_is_a_refusal(server: WebServer, fetcher: Fetcher) -> None:
    """It is reported with its status."""
    server.put("/feed", status=302)
    error = await refusal(fetcher, server.url("/feed"))
    assert isinstance(error, FeedRefused)
    assert error.status == 302


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://2130706434/",
        "file:///etc/passwd",
        "http://me:hemmelig@example.org/",
        "javascript:alert(1)",
    ],
)
async def test_the_guard_holds_at_every_hop(server: WebServer, target: str) -> None:
    """A feed that is allowed cannot lead to what is not."""
    server.redirect("/feed", target)
    async with Fetcher(allow=frozenset({"127.0.0.1"})) as fetcher:
        error = await refusal(fetcher, server.url("/feed"))
    assert isinstance(error, ForbiddenAddress)
    assert "hemmelig" not in str(error)


@pytest.mark.parametrize("target", ["http://[::1", "http://h:99999/", "http://a b/"])
async def test_a_redirect_to_nonsense_is_told_in_words(server: WebServer, fetcher: Fetcher, target: str) -> None:
    """The feed is named, and what it leads to."""
    server.redirect("/feed", target)
    assert isinstance(await refusal(fetcher, server.url("/feed")), FeedUnreachable)


# The guard -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
async def test_nothing_is_sent_to_private_addresses(server: WebServer, host: str) -> None:
    """Neither by address nor by name, in whatever spelling."""
    server.put("/feed", RSS)
    async with Fetcher() as fetcher:
        assert isinstance(await refusal(fetcher, server.url("/feed", host=host)), ForbiddenAddress)
        with pytest.raises(ForbiddenAddress):
            await fetcher.status(server.url("/feed", host=host))
    assert server.requests == []


async def test_a_name_that_changes_its_meaning_gains_nothing(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address that was checked is the one connected to: each request looks a name up once, and a private answer never passes.

    Here 127.0.0.1 stands for the public internet and 127.0.0.2 for a machine beside us.
    """
    server.put("/feed", RSS)
    answers = ["127.0.0.1", "127.0.0.2"]

    async def rebinding(self: ThreadedResolver, host: str, port: int = 0, family: int = 0) -> list[dict[str, object]]:
        return [{"hostname": host, "host": answers.pop(0), "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}]

    monkeypatch.setattr(ThreadedResolver, "resolve", rebinding)
    monkeypatch.setattr("bot.feeds.fetching.guard.is_private", lambda address: str(address) == "127.0.0.2")
    url = server.url("/feed", host="rebind.example")
    async with Fetcher() as fetcher:
        assert isinstance(await fetcher.fetch(url), Document)
        assert answers == ["127.0.0.2"]
    async with Fetcher() as fetcher:
        assert isinstance(await refusal(fetcher, url), ForbiddenAddress)
    assert len(server.requests) == 1


async def test_an_allowed_host_is_fetched_by_name(server: WebServer) -> None:
    """What the operator lists is open, and only that."""
    server.put("/feed", RSS)
    async with Fetcher(allow=frozenset({"localhost"})) as fetcher:
        assert isinstance(await fetcher.fetch(server.url("/feed", host="localhost")), Document)
        assert isinstance(await refusal(fetcher, server.url("/feed")), ForbiddenAddress)


# Answers -------------------------------------------------------------------------------------------------------------


async def test_410_ends_the_feed(server: WebServer, fetcher: Fetcher) -> None:
    """It has its own name, since nobody asks again."""
    server.put("/feed", b"gone", status=410)
    assert isinstance(await refusal(fetcher, server.url("/feed")), FeedGone)


@pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 404, 429, 500, 503, 599])
async def test_other_answers_are_refusals_with_their_status(server: WebServer, fetcher: Fetcher, status: int) -> None:
    """And with the server's wish for a pause, where it has one."""
    server.put("/feed", status=status, headers={"Retry-After": "120"})
    error = await refusal(fetcher, server.url("/feed"))
    assert isinstance(error, FeedRefused)
    assert (error.status, error.retry_after) == (status, timedelta(seconds=120))
    assert str(status) in str(error)


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("120", timedelta(seconds=120)), ("0", timedelta(0)), (" 7 ", timedelta(seconds=7)),
        ("99999999999999", timedelta(hours=24)), ("9" * 5000, timedelta(hours=24)),
        ("Mon, 05 Oct 2026 08:10:00 GMT", timedelta(minutes=10)), ("Mon, 05 Oct 2026 07:00:00 GMT", timedelta(0)),
        ("Mon, 05 Oct 2026 08:10:00", timedelta(minutes=10)), ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(hours=24)),
        (None, None), ("", None), ("soon", None), ("-5", None), ("1.5", None), ("٣", None), ("Mon, 99 Foo 2026", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_in_both_forms_and_kept_within_a_day(header: str | None, wait: timedelta | None) -> None:
    """Seconds or a date; what lies in the past is now, and nobody waits for ever."""
    assert retry_after(header, datetime(2026, 10, 5, 8, tzinfo=UTC)) == wait


@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\0\0"])
async def test_nothing_at_all_is_an_error_of_its_own(server: WebServer, fetcher: Fetcher, body: bytes) -> None:
    """An empty answer is never "no news"."""
    server.put("/feed", body)
    assert isinstance(await refusal(fetcher, server.url("/feed")), EmptyDocument)


async def test_a_document_of_five_megabytes_passes_and_one_byte_more_does_not(server: WebServer, fetcher: Fetcher) -> None:
    """The limit is exact, with and without a length in the header."""
    server.put("/most", b"x" * MAX_BYTES)
    server.put("/over", b"x" * (MAX_BYTES + 1))
    server.put("/chunked", b"x" * (MAX_BYTES + 1), drip=(1_000_000, 0.0))
    document = await fetcher.fetch(server.url("/most"))
    assert isinstance(document, Document)
    assert len(document.body) == MAX_BYTES
    assert isinstance(await refusal(fetcher, server.url("/over")), FeedTooLarge)
    assert isinstance(await refusal(fetcher, server.url("/chunked")), FeedTooLarge)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_bomb_is_put_out_while_it_unpacks(server: WebServer, fetcher: Fetcher, encoding: str) -> None:
    """What would unpack to 200 MB costs no more memory than a large feed."""
    resource = pytest.importorskip("resource")
    pack = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
    bomb = b"".join(pack.compress(b"\0" * 1_000_000) for _ in range(200)) + pack.flush()
    server.put("/bomb", bomb, headers={"Content-Encoding": encoding})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert isinstance(await refusal(fetcher, server.url("/bomb")), FeedTooLarge)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


# No answer -----------------------------------------------------------------------------------------------------------


async def test_a_refused_connection_is_told_in_plain_words(fetcher: Fetcher) -> None:
    """Host and cause, and no traceback."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/feed"
        assert str(await refusal(fetcher, url)) == f"{url}: 127.0.0.1 refused the connection"


async def test_an_unknown_host_is_told_in_plain_words(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is at fault, or the looking up."""

    async def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(ThreadedResolver, "resolve", unknown)
    error = await refusal(fetcher, "https://nyt.example/feed")
    assert error.detail == "there is no host nyt.example (DNS)"


async def test_a_server_that_takes_no_connection_is_given_up() -> None:
    """After the time for connecting; here one whose queue of waiting connections is full."""
    with socket.socket() as busy, contextlib.ExitStack() as crowd:
        busy.bind(("127.0.0.1", 0))
        busy.listen(0)
        for _ in range(3):
            waiting = crowd.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(busy.getsockname())
        async with Fetcher(allow=True, limits=Limits(connect=0.2)) as fetcher:
            error = await refusal(fetcher, f"http://127.0.0.1:{busy.getsockname()[1]}/feed")
    assert error.detail == "no connection to 127.0.0.1 in 0.2 s"


async def test_a_silent_server_is_given_up(server: WebServer) -> None:
    """After the time for reading has passed without a byte."""
    server.put("/feed", RSS, delay=30)
    async with Fetcher(allow=True, limits=Limits(read=0.2, total=5)) as fetcher:
        assert (await refusal(fetcher, server.url("/feed"))).detail == "127.0.0.1 said nothing for 0.2 s"


async def test_an_answer_that_drips_is_given_up(server: WebServer) -> None:
    """However often a byte comes: the whole must come in time."""
    server.put("/feed", RSS * 1000, drip=(1, 0.05))
    async with Fetcher(allow=True, limits=Limits(read=5, total=0.3)) as fetcher:
        started = time.monotonic()
        assert (await refusal(fetcher, server.url("/feed"))).detail == "no whole answer from 127.0.0.1 in 0.3 s"
        assert time.monotonic() - started < 3


async def test_the_time_runs_over_all_redirects(server: WebServer) -> None:
    """Five slow hops are as bad as one slow answer."""
    for hop in range(5):
        server.put(f"/{hop}", status=302, headers={"Location": f"/{hop + 1}"}, delay=0.15)
    async with Fetcher(allow=True, limits=Limits(read=5, total=0.4)) as fetcher:
        assert "no whole answer" in str(await refusal(fetcher, server.url("/0")))


async def test_an_answer_that_breaks_off_is_no_document(server: WebServer, fetcher: Fetcher) -> None:
    """Half a feed that says it is whole would hide the other half."""

    async def broken(request: web.BaseRequest) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Length": "1000"})
        await answer.prepare(request)
        await answer.write(RSS)
        assert request.transport is not None
        request.transport.close()
        return answer

    server.on("/feed", broken)
    assert "broke off" in str(await refusal(fetcher, server.url("/feed")))


async def test_an_answer_packed_in_a_way_nobody_asked_for_is_told_in_words(server: WebServer, fetcher: Fetcher) -> None:
    """So is one that only claims to be packed."""
    server.put("/feed", RSS, headers={"Content-Encoding": "gzip"})
    assert isinstance(await refusal(fetcher, server.url("/feed")), FeedUnreachable)


@pytest.mark.parametrize("reply", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nbroken\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
async def test_a_server_of_another_kind_is_told_in_words(fetcher: Fetcher, reply: bytes) -> None:
    """Whatever answers at that port, the feed has one plain error."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        writer.close()

    other = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with other:
        url = f"http://127.0.0.1:{other.sockets[0].getsockname()[1]}/feed"
        assert isinstance(await refusal(fetcher, url), FeedUnreachable)


@pytest.fixture
def home_made(tmp_path: Path) -> ssl.SSLContext:
    """A certificate that nobody has signed."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


async def test_an_untrusted_certificate_is_told_in_plain_words(fetcher: Fetcher, home_made: ssl.SSLContext) -> None:
    """The feed is not read, and the operator learns why."""
    async with WebServer(tls=home_made) as server:
        server.put("/feed", RSS)
        error = await refusal(fetcher, server.url("/feed"))
        assert error.detail.startswith("the certificate of 127.0.0.1 is not trusted")
        assert server.requests == []


async def test_https_where_none_is_spoken_is_told_in_plain_words(server: WebServer, fetcher: Fetcher) -> None:
    """A TLS handshake with a plain server ends in a sentence."""
    error = await refusal(fetcher, server.url("/feed").replace("http:", "https:"))
    assert error.detail == "no secure connection to 127.0.0.1 could be made (TLS)"


# Politeness ----------------------------------------------------------------------------------------------------------


async def test_a_host_is_asked_four_things_at_a_time_and_waiting_costs_no_time(server: WebServer) -> None:
    """Forty feeds on a slow host all arrive, though together they take longer than one may."""
    for number in range(40):
        server.put(f"/{number}", RSS, delay=0.1)
    async with Fetcher(allow=True, limits=Limits(total=0.9)) as fetcher:
        await asyncio.gather(*(fetcher.fetch(server.url(f"/{number}")) for number in range(40)))
    assert server.most_at_once == 4


async def test_connections_are_kept_for_hosts_that_are_asked_often(server: WebServer, fetcher: Fetcher) -> None:
    """The first request offers to close; those that follow at once share a connection."""
    ports: list[object] = []

    async def note(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        ports.append(request.transport.get_extra_info("peername"))
        return web.Response(body=RSS)

    server.on("/feed", note)
    for _ in range(4):
        await fetcher.fetch(server.url("/feed"))
    assert len(set(ports)) == 2
    assert server.requests[0].headers["Connection"] == "close"
    assert "Connection" not in server.requests[1].headers


# Status --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 304, 404, 410, 500])
async def test_the_status_of_an_address_is_told_and_its_body_left(server: WebServer, fetcher: Fetcher, status: int) -> None:
    """It is how a withdrawn release shows; redirects are followed."""
    server.redirect("/release", "/there", status=302)
    server.put("/there", b"x" * (MAX_BYTES + 1) if status == 200 else b"", status=status)
    assert await fetcher.status(server.url("/release")) == status


async def test_status_raises_like_fetch(server: WebServer, fetcher: Fetcher) -> None:
    """No answer and no end are errors, not statuses."""
    server.redirect("/loop", "/loop")
    with pytest.raises(TooManyRedirects):
        await fetcher.status(server.url("/loop"))
    with pytest.raises(FeedUnreachable):
        await fetcher.status("http://[::1")


# A proxy -------------------------------------------------------------------------------------------------------------


async def test_a_proxy_is_used_when_it_is_named_and_only_then(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's own proxy is left alone, since it would go round the guard."""
    server.put("/feed", RSS)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    async with Fetcher(allow=frozenset({"127.0.0.1"})) as fetcher:
        await fetcher.fetch(server.url("/feed"))
    async with Fetcher(proxy=server.url()) as fetcher:
        document = await fetcher.fetch("http://1.1.1.1/feed")
        assert isinstance(document, Document)
        assert server.requests[-1].headers["Host"] == "1.1.1.1"


async def test_behind_a_proxy_names_are_checked_before_they_are_asked_for(server: WebServer) -> None:
    """The proxy, which may stand inside, is not sent to what is private."""
    async with Fetcher(proxy=server.url()) as fetcher:
        assert isinstance(await refusal(fetcher, "http://localhost/feed"), ForbiddenAddress)
        assert isinstance(await refusal(fetcher, "http://10.0.0.1/feed"), ForbiddenAddress)
    assert server.requests == []
