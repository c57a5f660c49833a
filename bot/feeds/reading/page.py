"""A web page read as a release, by what the page itself states: structured data, Open Graph, the elements of HTML. Pure.

Nothing is guessed: a page that does not say when it was published, or has neither a title nor a text of its own, is no release.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.domain.release import ParsedRelease
from bot.errors import FeedError
from bot.feeds.html.lines import plain_line
from bot.feeds.html.links import absolute_url
from bot.feeds.reading.assemble import assemble
from bot.feeds.reading.document import as_utf8
from bot.feeds.reading.page_data import Article, Data, read_data
from bot.feeds.reading.page_markup import LEAST_TEXT, Markup, take_apart
from bot.feeds.reading.raw import RawFeed, RawItem, RawMedia
from bot.feeds.reading.sitemap import Listed

MOST_CHARACTERS = 5_000_000

_PUBLISHED = "article:published_time"
_DATES = (
    _PUBLISHED, "og:article:published_time", "datepublished", "dcterms.issued", "dc.date.issued",
    "publication_date", "publish-date", "publishdate", "pubdate", "parsely-pub-date", "sailthru.date", "cxenseparse:publishtime",
)  # fmt: skip
_TITLE_END = re.compile(r"\s+(?:[|–—·•»-]|::)\s+")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)


class NoRelease(Exception):
    """A page is none that can be stored; the text is the code of why: `other`, `list`, `no_title`, `no_text`, `undated`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """By what a page is read: the newsroom's language and country, and the time (aware UTC)."""

    now: datetime
    language: str = ""
    region: str = ""


def read_page(
    body: bytes, listed: Listed, desk: Reading, content_type: str = "", takes: Callable[[str], bool] = lambda _: True
) -> ParsedRelease:
    """The release that stands at `listed.url`, or at its canonical address if that is taken by `takes`. Raises NoRelease.

    What a news sitemap says of a page (date, title, language) is taken where the page does not say it. A date that names no zone
    is read by the clock of the newsroom's country.
    """
    page = take_apart(_decoded(body, content_type))
    data = read_data(page.data, listed.url)
    if data.is_other:
        raise NoRelease("other")
    if page.is_list and not (data.is_article or page.metas.get("og:type") == "article" or _PUBLISHED in page.metas):
        raise NoRelease("list")
    title = plain_line(_title(page, data.article) or listed.title)
    if not title:
        raise NoRelease("no_title")
    canonical = absolute_url(page.canonical, listed.url) if page.canonical else None
    item = RawItem(
        link=canonical if canonical and takes(canonical) else listed.url,
        title=title,
        summary=_lead(page, data.article, title),
        content=page.html or data.article.text,
        dates=_dates(page, data, listed),
        language=page.language or data.article.language or page.metas.get("og:locale", "") or listed.language,
        base=listed.url,
        words=(*data.article.sections, *filter(None, [page.metas.get("article:section", "")])),
        media=tuple(RawMedia(image, picture=True) for image in [_image(page, data.article)] if image),
    )
    try:
        read = assemble(RawFeed(items=(item,)), url=listed.url, now=desk.now, language=desk.language, region=desk.region)
    except FeedError:
        raise NoRelease("no_text") from None
    release = read.releases[0]
    if sum(len(block.text) for block in release.content.body) < LEAST_TEXT:
        raise NoRelease("no_text")
    if release.published is None:
        raise NoRelease("undated")
    return release


def _decoded(body: bytes, content_type: str) -> str:
    declared = _META_CHARSET.search(body[:4_096]) if "charset" not in content_type.lower() else None
    named = f"{content_type}; charset={declared[1].decode('ascii')}" if declared else content_type
    return as_utf8(body, named).decode("utf-8", "replace")[:MOST_CHARACTERS]


def _title(page: Markup, article: Article) -> str:
    """The heading where the page has one that its other titles agree with; else what is said about it elsewhere."""
    elsewhere = [plain_line(each) for each in (article.title, page.metas.get("og:title", ""), page.title) if each.strip()]
    for heading in page.headings:
        if any(heading.casefold() in other.casefold() for other in elsewhere):
            return heading
    if article.title:
        return article.title
    if len(page.headings) == 1:
        return page.headings[0]
    return _without_site(elsewhere[0], page.metas.get("og:site_name", "")) if elsewhere else ""


def _without_site(title: str, site: str) -> str:
    """A title without the name of the site behind (or before) it."""
    parts = _TITLE_END.split(title)
    if len(parts) == 1:
        return title
    for end, part in ((-1, parts[-1]), (0, parts[0])):
        if plain_line(site).casefold() == part.strip().casefold():
            return title[: title.rindex(part)].rstrip(" |–—·•»:-") if end else title[len(part) :].lstrip(" |–—·•»:-")
    return title


def _lead(page: Markup, article: Article, title: str) -> str:
    """What the page says it is about, unless that is its title once more."""
    said = (page.metas.get("og:description", ""), page.metas.get("description", ""), article.lead)
    return next((each for each in said if each.strip() and plain_line(each).casefold() != title.casefold()), "")


def _dates(page: Markup, data: Data, listed: Listed) -> tuple[str, ...]:
    """When it was published, as it is printed, the surest first: never when it was changed."""
    marked = [when for when, itemprop in page.times if itemprop.lower() == "datepublished"]
    # A time that stands alone above the text is the text's own; of several nobody says what they are.
    alone = list(dict.fromkeys(when for when, _ in page.times))
    said = [data.article.published, *(page.metas.get(name, "") for name in _DATES), *marked, listed.published]
    return tuple(filter(str.strip, [*said, *(alone if len(alone) == 1 else ())]))


def _image(page: Markup, article: Article) -> str:
    return page.metas.get("og:image:secure_url") or page.metas.get("og:image", "") or article.image
