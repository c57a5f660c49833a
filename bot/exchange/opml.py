"""Newsrooms as OPML, the list of feeds that feed readers exchange, and back. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.parsers import expat

from bot.errors import UserError
from bot.exchange.document import LONGEST, at_line
from bot.i18n import Texts


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed: its name and address, and the page of its newsroom."""

    name: str
    feed: str
    page: str = ""
    line: int = 0


def write(title: str, outlines: Sequence[Outline]) -> str:
    """A list of feeds as OPML 2.0."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    for each in outlines:
        said = {"type": "rss", "text": each.name, "title": each.name, "xmlUrl": each.feed}
        ET.SubElement(body, "outline", said | ({"htmlUrl": each.page} if each.page else {}))
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def read(text: str, texts: Texts) -> list[Outline]:
    """Every feed of an OPML file, those in folders too. Raises UserError that names the line."""
    if len(text) > LONGEST:
        raise UserError(texts.t("That is too long for a file of mine."))
    # In what it was written before it was read as text is no matter any more.
    parser, found, roots = expat.ParserCreate("utf-8"), list[Outline](), list[str]()

    def begin(name: str, values: dict[str, str]) -> None:
        roots.append(name)
        address = values.get("xmlUrl", "").strip()
        if name == "outline" and address:
            said = values.get("title") or values.get("text") or address
            found.append(Outline(" ".join(said.split()), address, values.get("htmlUrl", ""), parser.CurrentLineNumber))

    def declare(*_: object) -> None:
        # Nothing that lists feeds needs one, and entities can be made to grow without end.
        raise at_line(parser.CurrentLineNumber, texts.t("a DOCTYPE has no place in OPML. Take it out."), texts)

    parser.StartElementHandler, parser.StartDoctypeDeclHandler = begin, declare
    try:
        parser.Parse(text.encode(errors="replace"), True)  # noqa: FBT003 - expat's own
    except expat.ExpatError as error:
        raise at_line(
            error.lineno, texts.t("this is no OPML that can be read: {why}.", why=expat.errors.messages[error.code]), texts
        ) from None
    if roots[:1] != ["opml"]:
        raise at_line(1, texts.t("this is no OPML: it does not begin with <opml>."), texts)
    return found
