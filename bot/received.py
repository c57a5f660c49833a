"""What a web server sends, up to a size."""

from __future__ import annotations

import aiohttp


async def at_most(answer: aiohttp.ClientResponse, most: int) -> bytes | None:
    """The body, decompressed; None where it is longer than `most` bytes, of which no more are read."""
    if (answer.content_length or 0) > most:
        return None
    said = bytearray()
    async for piece in answer.content.iter_any():
        said += piece
        if len(said) > most:
            return None
    return bytes(said)
