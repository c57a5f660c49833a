"""What stands in a file that somebody sent us? Asked of the Bot API server that the settings name, and of no other address."""

from __future__ import annotations

import logging
from functools import partial

from telegram import Bot
from telegram.error import BadRequest, TelegramError

from adapters.telegram.heard import SentFile
from adapters.telegram.request import AiohttpRequest, TooLarge
from bot.domain.file import Attached
from bot.errors import FileNotRead

log = logging.getLogger(__name__)

_TOO_BIG = "file is too big"
"""What Telegram says of more than 20 MB."""


class Documents:
    """Files by their ids. `root`: how every address of a file begins; it holds the token, so it is said nowhere."""

    def __init__(self, bot: Bot, request: AiohttpRequest, root: str) -> None:
        self._bot, self._request, self._root = bot, request, root

    def attached(self, sent: SentFile | None) -> Attached | None:
        """A file as a command is given it; nothing is asked of Telegram before it is read."""
        return Attached(sent.name, sent.size, partial(self._read, sent.file_id)) if sent else None

    async def _read(self, file_id: str, most: int) -> bytes:
        try:
            found = await self._bot.get_file(file_id)
            address = found.file_path or ""
            if not address.startswith(self._root):
                raise FileNotRead("unreachable", "it has no address on the server of the Bot API")
            return await self._request.fetch(address, most)
        except TooLarge:
            raise FileNotRead("too_large") from None
        except BadRequest as error:
            raise FileNotRead("too_large" if _TOO_BIG in error.message.lower() else "gone", error.message) from None
        except TelegramError as error:
            log.info("a file could not be fetched: %s", error)
            raise FileNotRead("unreachable", str(error)) from None
