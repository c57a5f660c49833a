"""Rows as domain values, where more than one repository reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId
from storage.contents import contact_from_json
from storage.models import AccountRow, DestinationRow, NewsroomRow
from storage.options import destination_options_from_json

ERASED = "erased"
"""Why a husk (`storage.forgetting`) is paused, and what stands for its conversation, with its id."""

NEWSROOM_COLUMNS = (
    NewsroomRow.id.label("newsroom_id"),
    NewsroomRow.slug,
    NewsroomRow.name,
    NewsroomRow.country,
    NewsroomRow.language,
    NewsroomRow.page_url,
    NewsroomRow.offered_by,
    NewsroomRow.contact,
)

DESTINATION_COLUMNS = (
    DestinationRow.id.label("destination_id"),
    AccountRow.platform,
    AccountRow.name.label("account"),
    DestinationRow.conversation,
    DestinationRow.thread,
    DestinationRow.title,
    DestinationRow.kind.label("conversation_kind"),
    DestinationRow.language.label("destination_language"),
    DestinationRow.timezone,
    DestinationRow.paused,
    DestinationRow.options.label("destination_options"),
)


def newsroom_from(values: Any) -> Newsroom:  # noqa: ANN401 - a row, or slice of a row
    """The newsroom in the values of NEWSROOM_COLUMNS."""
    ident, slug, name, country, language, page_url, offered_by, contact = values
    known = contact_from_json(contact) if contact else None
    return Newsroom(NewsroomId(ident), slug, name, country, language, page_url, offered_by is not None, known)


def any_of(
    addresses: Iterable[Address],
    platform: InstrumentedAttribute[str],
    account: InstrumentedAttribute[str],
    conversation: InstrumentedAttribute[str],
) -> ColumnElement[bool]:
    """Whether a row is of one of these conversations, by the columns that name it."""
    names = sorted({(each.platform, each.account, each.conversation) for each in addresses})
    return tuple_(platform, account, conversation).in_(names)


def destination_from(values: Any) -> Destination:  # noqa: ANN401 - a row, or slice of a row
    """The destination in the values of DESTINATION_COLUMNS."""
    ident, platform, account, conversation, thread, title, kind, language, timezone, paused, chosen = values
    address = Address(platform, account, conversation, thread)
    options = destination_options_from_json(chosen)
    return Destination(DestinationId(ident), address, title, ConversationKind(kind), language, timezone, paused, options)
