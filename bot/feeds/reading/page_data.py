"""Structured data in a page (JSON-LD with the words of schema.org): what it says of the article that the page is. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.feeds.html.links import absolute_url, same_address
from bot.feeds.reading.loose import all_texts, fields_in, first_text, list_in, text_in

_DEEPEST = 5
_MOST_NODES = 300
_ARTICLES = frozenset(["blogposting", "report", "pressrelease", "specialannouncement", "socialmediaposting", "statement"])
_OTHERS = frozenset(
    ["jobposting", "product", "collectionpage", "searchresultspage", "profilepage", "faqpage", "contactpage", "recipe", "course"]
)  # fmt: skip
_HOLDERS = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart")


@dataclass(frozen=True, slots=True)
class Article:
    """What the data says; '' for what it leaves out. `sections` are its words for what sort of text this is."""

    title: str = ""
    lead: str = ""
    text: str = ""
    published: str = ""
    language: str = ""
    image: str = ""
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Data:
    """`article` is what the page is about; `is_other`: the page is declared to be something that is no release."""

    article: Article = Article()
    is_article: bool = False
    is_other: bool = False


def read_data(scripts: Sequence[str], url: str) -> Data:
    """What the scripts of a page at `url` say of it; broken ones say nothing."""
    nodes = [node for script in scripts for node in _nodes(_loaded(script))][:_MOST_NODES]
    articles = [node for node in nodes if any(kind.endswith("article") or kind in _ARTICLES for kind in _types(node))]
    own = [node for node in articles if _is_at(node, url)] or (articles if len(articles) == 1 else [])
    pages = [node for node in nodes if "webpage" in _types(node) or "itempage" in _types(node)]
    is_other = not own and any(_OTHERS & set(_types(node)) for node in nodes)
    node = own[0] if own else pages[0] if len(pages) == 1 and not articles else None
    return Data(_article(node, is_page=not own) if node else Article(), bool(own), is_other)


def _loaded(script: str) -> object:
    try:
        return json.loads(script.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value[:_MOST_NODES]:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for name in _HOLDERS:
            if isinstance(value.get(name), (dict, list)):
                yield from _nodes(value[name], depth + 1)


def _types(node: dict[str, Any]) -> list[str]:
    said = node.get("@type")
    return [text_in(one).rpartition("/")[2].rpartition(":")[2].lower() for one in (list_in(said) or [said])]


def _is_at(node: dict[str, Any], url: str) -> bool:
    """Whether a node says that it is what stands at this address."""
    whole = node.get("mainEntityOfPage")
    said = (node.get("url"), whole, fields_in(whole).get("@id"), fields_in(whole).get("url"), node.get("@id"))
    addresses = (absolute_url(text, url) for text in map(text_in, said) if text.strip())
    return any(same_address(address) == same_address(url) for address in addresses if address)


def _article(node: dict[str, Any], *, is_page: bool) -> Article:
    image = (list_in(node.get("image")) or [node.get("image")])[0]
    return Article(
        title="" if is_page else first_text(node.get("headline"), node.get("name")),
        lead=text_in(node.get("description")),
        text="" if is_page else text_in(node.get("articleBody")),
        published=text_in(node.get("datePublished")),
        language=first_text(node.get("inLanguage"), fields_in(node.get("inLanguage")).get("alternateName")),
        image=first_text(image, fields_in(image).get("url"), fields_in(image).get("contentUrl")),
        sections=tuple(all_texts(node.get("articleSection"), most=5)),
    )
