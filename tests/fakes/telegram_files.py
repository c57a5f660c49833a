"""Pictures and documents: what came as an upload, by a file id, or by an address that the fake is willing to fetch."""

from __future__ import annotations

import itertools
from typing import Any

from tests.fakes import telegram_errors as says
from tests.fakes.telegram_calls import Upload
from tests.fakes.telegram_errors import bad

FINE, UNREACHABLE, NO_IMAGE = "fine", "unreachable", "no image"
LARGEST = 20 * 1024 * 1024
_IMAGE_SIGNS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF")
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


class Files:
    """What the fake has for files.

    `addresses`: what an address, or the beginning of one, is to its fetching: FINE, UNREACHABLE or NO_IMAGE. Others are
    unreachable: nothing is fetched in truth. `contents`: file id -> (name, bytes). `paths`: those that getFile told -> file id.
    """

    def __init__(self) -> None:
        self.addresses: dict[str, str] = {}
        self.contents: dict[str, tuple[str, bytes]] = {}
        self.paths: dict[str, str] = {}
        self._numbers = itertools.count(1)
        self._known: dict[str, str] = {}

    def photo(self, given: Upload | str) -> dict[str, Any]:
        """A PhotoSize. Raises ApiError."""
        if isinstance(given, Upload):
            if not given.content.startswith(_IMAGE_SIGNS):
                raise bad(says.BAD_IMAGE)
            return {**self._kept(given.name, given.content), "width": 800, "height": 600}
        return {**self._taken(given, "photo"), "width": 800, "height": 600}

    def document(self, given: Upload | str) -> dict[str, Any]:
        """A Document. Raises ApiError."""
        if isinstance(given, Upload):
            return {**self._kept(given.name, given.content), "file_name": given.name, "mime_type": given.content_type}
        return {**self._taken(given, "document"), "file_name": given.rpartition("/")[2]}

    def told(self, file_id: str) -> dict[str, Any]:
        """A File, with the path that it is fetched by for an hour; bots may fetch 20 MB. Raises ApiError."""
        if file_id not in self.contents:
            raise bad(says.WRONG_FILE_ID)
        if len(self.contents[file_id][1]) > LARGEST:
            raise bad(says.FILE_TOO_BIG)
        path = f"documents/file_{file_id[-6:].lstrip('0')}.bin"
        self.paths[path] = file_id
        return {**self._said(file_id), "file_path": path}

    def fetched(self, path: str) -> bytes | None:
        """What stands at a path that was told; None: nothing."""
        found = self.contents.get(self.paths.get(path, ""))
        return found[1] if found else None

    def media(self, media: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
        """What an InputMedia holds, by the name it has in a Message; `attach://name` is looked up in the call."""
        source = media["media"]
        if source.startswith("attach://"):
            source = params["_files"].get(source.removeprefix("attach://"))
            if source is None:
                raise bad(says.WRONG_FILE)
        return {"photo": self.photo(source)} if media["type"] == "photo" else {"document": self.document(source)}

    def _taken(self, given: str, kind: str) -> dict[str, Any]:
        if given in self.contents:
            return self._said(given)
        if not given.startswith(("http://", "https://")):
            raise bad(says.WRONG_FILE)
        match self.fate(given):
            case "unreachable":
                raise bad(says.URL_FAILED)
            case "no image" if kind == "photo":
                raise bad(says.URL_NO_IMAGE)
        if given not in self._known:
            self._known[given] = self._kept(given, b"")["file_id"]
        return self._said(self._known[given])

    def fate(self, url: str) -> str:
        """What becomes of the fetching of an address: the longest beginning that is known decides."""
        known = max((start for start in self.addresses if url.startswith(start)), key=len, default=None)
        return self.addresses[known] if known is not None else UNREACHABLE

    def _kept(self, name: str, content: bytes) -> dict[str, Any]:
        file_id = f"AgACAgQAAxkBAAI{next(self._numbers):06d}"
        self.contents[file_id] = (name, content)
        return self._said(file_id)

    def _said(self, file_id: str) -> dict[str, Any]:
        return {"file_id": file_id, "file_unique_id": f"AQAD{file_id[-6:]}", "file_size": len(self.contents[file_id][1])}
