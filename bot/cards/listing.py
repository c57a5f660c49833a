"""Numbered lists of releases, and their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.occasion import embargo_line
from bot.cards.shorten import shorten, summary
from bot.cards.words import marks, meta_parts, rows
from bot.domain.card import Button, Card, Element, Entry, Heading, Text, Tone
from bot.domain.prose import Block, paragraphs
from bot.domain.release import Release
from bot.i18n import Texts

_TITLE = 200


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a longer list. `number` counts from 1; `command` is the line that shows the list, to which ` page:2` is added.

    `goes_on`: there is more than `total`, and nobody counted how much.
    """

    number: int
    size: int
    total: int
    command: str
    goes_on: bool = False

    @property
    def first(self) -> int:
        """The number of the page's first entry."""
        return (self.number - 1) * self.size + 1

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    def buttons(self, texts: Texts) -> tuple[Button, ...]:
        """To the pages before and after this one, as far as there are any."""
        before, after = self.number - 1, self.number + 1
        back = Button(texts.t("◂ Back"), f"{self.command} page:{before}") if before >= 1 else None
        on = Button(texts.t("More ▸"), f"{self.command} page:{after}") if after <= self.pages or self.goes_on else None
        return tuple(button for button in (back, on) if button)


def release_entry(
    number: int,
    release: Release,
    texts: Texts,
    now: datetime | None,
    *,
    snippet: Block | None = None,
    single: bool = False,
    late: bool = True,
) -> Entry:
    """A release as a line of a list.

    `single`: all of the list is of one newsroom, whose name need not be said each time; `late` False: nor that it was found late.
    Without a snippet an embargo has its place.
    """
    content = release.content(texts.language)
    parts = meta_parts(release, content, texts, now)
    return Entry(
        number=number,
        title=shorten(content.title, _TITLE),
        url=content.url,
        meta=tuple(part for part in parts if not (single and part == release.newsroom.name)),
        marks=marks(release, texts, now, late=late),
        snippet=snippet or embargo_line(release, content, now),
        command=f"/release id:{release.id}",
        struck=release.gone_at is not None,
    )


def list_card(
    heading: str,
    releases: Sequence[Release],
    texts: Texts,
    now: datetime,
    *,
    page: Page,
    snippets: Sequence[Block] = (),
    single: bool = False,
    note: str = "",
    buttons: Sequence[Button] = (),
) -> Card:
    """A page of releases under a heading, numbered from the page's first; `snippets` belong to them one by one."""
    entries = [
        release_entry(page.first + at, release, texts, now, snippet=snippets[at] if snippets else None, single=single)
        for at, release in enumerate(releases)
    ]
    elements: list[Element] = [Heading(heading), *entries]
    if page.pages > 1 or page.goes_on:
        elements.append(Text(paragraphs(_place(page, texts))[0], Tone.QUIET))
    elements += [Text(block, Tone.QUIET) for block in paragraphs(note)]
    return Card(summary(heading), tuple(elements), (*rows(*page.buttons(texts)), *rows(*buttons)))


def _place(page: Page, texts: Texts) -> str:
    number = texts.number(page.number)
    if page.goes_on:
        return texts.t("Page {page}", page=number)
    return texts.t("Page {page} of {pages}", page=number, pages=texts.number(page.pages))
