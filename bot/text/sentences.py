"""Where a sentence of a release ends. Pure."""

from __future__ import annotations

import re

_MONTHS = (
    "januari?|january|februari?|february|marts|mars|march|april|maj|mai|may|juni|june|juli|july|augusti?|september|oktober|october"
    "|november|de[cs]ember|jan|feb|mar|apr|jun|jul|aug|sept?|okt|oct|nov|de[cs]"
)
# `DEN 20. NOVEMBER` goes on, however its month is written.
_END = re.compile(rf"(?<=[a-zæøåäö0-9)][.!?])(?!(?<=\d\.)\s+(?i:{_MONTHS})\b)\s+(?=[A-ZÆØÅÄÖ\"“”»])")


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order; a date is never cut in two."""
    return _END.split(text)
