"""A file that came with a command, as the text that it holds: what it is its content says, whatever it is called."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace

import structlog

from bot.domain.file import TAKEN, Attached
from bot.errors import FileNotRead, UserError
from bot.i18n import N_, Texts
from bot.ports import CommandCall

log = structlog.get_logger()

_FAULTS = {
    "too_large": N_("The file is too large: I take at most {most} MB."),
    "forbidden": N_(
        "I may not read files here yet. An administrator has to install me again; until then, paste what stands in the file."
    ),
    "gone": N_("The file is not there any more. Send it again."),
    "unreachable": N_("The file cannot be had at the moment. Try again, or paste what stands in it."),
}
_DECLARED = re.compile(rb"<\?xml[^>]{0,100}encoding=[\"'](utf-8|us-ascii|iso-8859-1|iso-8859-15|windows-1252)[\"']", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


async def with_file(call: CommandCall, attached: Attached, texts: Texts) -> CommandCall:
    """The call with what stands in its file in place of what was written after the command. Raises UserError."""
    try:
        content = await _read(attached)
    except FileNotRead as error:
        log.info("file_not_read", code=error.code, platform=call.address.platform, size=attached.size)
        raise UserError(texts.t(_FAULTS[error.code], most=TAKEN // 1_000_000)) from None
    command = call.text.split(maxsplit=1)[0]
    return replace(call, text=f"{command}\n{text_of(content, texts)}", attached=None)


async def _read(attached: Attached) -> bytes:
    if attached.size > TAKEN:
        raise FileNotRead("too_large")
    return await attached.read(TAKEN)


def text_of(content: bytes, texts: Texts) -> str:
    """What a text file says, in UTF-8 or as a mark or XML's first line says. Raises UserError for anything else."""
    declared = _DECLARED.match(content)
    xml = declared[1].decode() if declared else "utf-8"
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), xml)
    try:
        said = content.decode(encoding).strip()
    except (UnicodeDecodeError, LookupError):
        said = ""
    if not said.startswith(("{", "<")):
        raise UserError(texts.t("That file is neither the JSON of /export nor a list of feeds as OPML."))
    return said
