"""Which addresses belong to the site that a newsroom's feed stands on."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.domain.newsroom import Feed
from bot.feeds.reading.identity import VIA_HOSTS


def is_own(feed: Feed, url: str) -> bool:
    """Whether an address is on the feed's own site: on its host, or on one whose last two names are the same.

    The platform of many newsrooms is nobody's own site.
    """
    try:
        host, own = (urlsplit(each).hostname or "" for each in (url, feed.address))
    except ValueError:
        return False
    return bool(host) and host not in VIA_HOSTS and (host == own or _site(host) == _site(own))


def _site(host: str) -> str:
    """The last two names of a host; all of one that is an address."""
    names = host.split(".")
    return host if names[-1].isdecimal() or ":" in host else ".".join(names[-2:])
