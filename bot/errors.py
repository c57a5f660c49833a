"""Every error Pressevagt raises on purpose, as one tree.

    PressevagtError
    ├── SettingsError            a variable is missing, misspelt or out of range
    ├── UserError                the person asked for something we can explain our way out of
    ├── FileNotRead              a file that somebody sent cannot be had; says why
    ├── StorageError             the database cannot be used
    │   ├── SecondWorker         another worker holds this SQLite file
    │   ├── DatabaseBusy         locked for longer than the busy timeout
    │   ├── DatabaseReadOnly     no right to write
    │   └── DiskFull             no room to write
    └── FeedError                one feed could not be read; names the feed
        ├── FeedUnreachable      no connection, no answer in time, TLS or DNS trouble
        ├── ForbiddenAddress     the address, or where it leads, is private
        ├── FeedGone             410: the newsroom ended this feed
        ├── FeedRefused          any other answer than 200 and 304; may say when to come back
        ├── FeedTooLarge         over the limit on bytes after decompression
        ├── TooManyRedirects     more redirects than the limit
        ├── HtmlInsteadOfFeed    a web page where the feed should be; may name the feeds it links to
        ├── EmptyDocument        200 and no content
        ├── MalformedFeed        neither RSS, Atom nor JSON Feed, or broken beyond repair
        ├── ParseTimeout         reading it took too long
        └── NoUsableRelease      a feed whose every item is unusable

`str(error)` is one line that names the thing and the remedy; it is fit for a log and for an operator.
"""

from __future__ import annotations

from datetime import timedelta


class PressevagtError(Exception):
    """Whatever Pressevagt raises on purpose."""


class SettingsError(PressevagtError):
    """A setting is missing, misspelt or out of range."""


class UserError(PressevagtError):
    """A request that cannot be met as asked: the text, already in the reader's language, says why and what would work."""


class FileNotRead(PressevagtError):
    """A file that came with a command cannot be had from its platform.

    `code`: `too_large`, `forbidden` (we may not read files there), `gone`, or `unreachable`.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        super().__init__(f"{code}: {detail}" if detail else code)


class StorageError(PressevagtError):
    """The database cannot be used."""


class SecondWorker(StorageError):
    """Another worker holds this SQLite file."""


class DatabaseBusy(StorageError):
    """The database stayed locked for longer than the busy timeout."""


class DatabaseReadOnly(StorageError):
    """The database may not be written to."""


class DiskFull(StorageError):
    """There is no room left to write."""


class FeedError(PressevagtError):
    """One feed could not be read.

    `code` is the stable name that tables, logs and `/status` use for it.
    """

    code = "feed_error"

    def __init__(self, url: str, detail: str = "") -> None:
        self.url = url
        self.detail = detail
        super().__init__(f"{url}: {detail}" if detail else url)


class FeedUnreachable(FeedError):
    """No connection, no answer in time, TLS or DNS trouble."""

    code = "unreachable"


class ForbiddenAddress(FeedError):
    """The address, or one it redirects or resolves to, is private, loopback or link-local."""

    code = "forbidden_address"


class FeedGone(FeedError):
    """The server answered 410: the newsroom ended this feed."""

    code = "gone"


class FeedRefused(FeedError):
    """The server answered with another status than 200, 304 or a redirect.

    `retry_after` is the server's own wish, where it said one.
    """

    code = "refused"

    def __init__(self, url: str, detail: str = "", *, status: int, retry_after: timedelta | None = None) -> None:
        super().__init__(url, detail or f"answered {status}")
        self.status = status
        self.retry_after = retry_after


class FeedTooLarge(FeedError):
    """The document is larger than the limit, counted after decompression."""

    code = "too_large"


class TooManyRedirects(FeedError):
    """The address redirected more often than the limit."""

    code = "redirects"


class HtmlInsteadOfFeed(FeedError):
    """A web page stands where the feed should be.

    `linked` holds the absolute addresses of the feeds that the page links to, best first.
    """

    code = "html"

    def __init__(self, url: str, detail: str = "", *, linked: tuple[str, ...] = ()) -> None:
        super().__init__(url, detail or "a web page, not a feed")
        self.linked = linked


class EmptyDocument(FeedError):
    """The server answered 200 with nothing in it."""

    code = "empty"


class MalformedFeed(FeedError):
    """The document is neither RSS, Atom nor JSON Feed, or it is broken beyond repair."""

    code = "malformed"


class ParseTimeout(FeedError):
    """Reading the document took longer than the limit."""

    code = "parse_timeout"


class NoUsableRelease(FeedError):
    """The feed has items, and none of them can be used."""

    code = "no_usable_release"
