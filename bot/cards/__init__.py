"""What the bot says, once, for all platforms: facts and `now` go in, a card comes out. No I/O.

`texts` is how the reader's language says it, `now` an aware time. Text from outside stays plain text in a card; adapters escape it.
"""

from bot.cards.broadcast import broadcast_card
from bot.cards.changes import changes_card, passages_of, whole_card
from bot.cards.contact import (
    PressDesk,
    contact_card,
    press_desk_items,
    release_contact_card,
)
from bot.cards.guide import (
    CommandHelp,
    HelpFamily,
    command_help_card,
    help_card,
    start_card,
)
from bot.cards.listing import Page, list_card
from bot.cards.newsroom import (
    NewsroomFacts,
    NewsroomLine,
    newsroom_card,
    newsrooms_card,
    subscriptions_card,
)
from bot.cards.release import alert_card, digest_card, documents_card, fits_digest, more_card, release_card, sent_late
from bot.cards.say import error_card, notice_card, say_card
from bot.cards.status import Inside, Status, status_card

__all__ = [
    "CommandHelp",
    "HelpFamily",
    "Inside",
    "NewsroomFacts",
    "NewsroomLine",
    "Page",
    "PressDesk",
    "Status",
    "alert_card",
    "broadcast_card",
    "changes_card",
    "command_help_card",
    "contact_card",
    "digest_card",
    "documents_card",
    "error_card",
    "fits_digest",
    "help_card",
    "list_card",
    "more_card",
    "newsroom_card",
    "newsrooms_card",
    "notice_card",
    "passages_of",
    "press_desk_items",
    "release_card",
    "release_contact_card",
    "say_card",
    "sent_late",
    "start_card",
    "status_card",
    "subscriptions_card",
    "whole_card",
]
