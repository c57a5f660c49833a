"""Which e-mail addresses does the text hold, also where it hides them or glues them to their neighbours?"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers

from bot.feeds.contacts.marks import Mark
from bot.feeds.contacts.words import word_set

MAX_ADDRESSES = 1000
"""More at-signs than any press page has: what comes after is not looked at, so that no text takes long."""

LONGEST_LOCAL = 64
"""RFC 5321, 4.5.3.1.1."""

SHORTEST_TLD, LONGEST_TLD = 2, 18

SHORTEST_NUMBER = 7
"""Digits that make up a telephone number at least."""

_SIGN = r"(?:snabel-?\s?a|krøll-?\s?alfa|alfa-?krøll|miuku(?:mauku)?|ät-?merkki|kanelbulle|klammeraffe)"
_AT = re.compile(
    rf"@|[\[({{<]\s{{0,2}}(?:at|ät|æt|a|@|{_SIGN})\s{{0,2}}[\])}}>]|(?<![\w-]){_SIGN}(?!\w)|(?<=[\s_-])at(?=[\s_-]{{1,2}}[\w-]{{1,60}}(?:\s{{1,2}}|\s?[\[({{])(?:dot|punkt)\b)",
    re.IGNORECASE,
)
_PLAIN_AT = re.compile("@")
_HIDDEN_HINT = re.compile(r"[\[({<] ?(?:at|ät|æt|a|@) ?[\])}>]|snabel|alfa|miuku|merkki|bulle|affe|\Wdot\W|punkt", re.IGNORECASE)
_DOT_WORD = r"(?:dot|punkt|punktum|prikk?|piste)"
_DOT = rf"(?:\.|\s{{0,2}}[\[({{]\s{{0,2}}(?:{_DOT_WORD}|\.)\s{{0,2}}[\])}}]\s{{0,2}}|\s{{1,2}}{_DOT_WORD}\s{{1,2}})"
_LOCAL = re.compile(r"[\w.+'%-]{1,100}$")
_HIDDEN_LOCAL = re.compile(rf"(?:[\w+-]{{1,40}}{_DOT}){{0,4}}[\w+-]{{1,64}}$", re.IGNORECASE)
_DOMAIN = re.compile(r"(?:[\w-]{1,63}\.){1,8}[\w-]{1,63}")
_HIDDEN_DOMAIN = re.compile(rf"(?:[\w-]{{1,63}}{_DOT}){{1,6}}[\w-]{{1,63}}", re.IGNORECASE)
_DOTS = re.compile(_DOT, re.IGNORECASE)

_COUNTRIES = frozenset({*(code.lower() for code in phonenumbers.SUPPORTED_REGIONS), "eu", "uk"})
_GENERIC = word_set(
    """
    com org net info biz gov edu int mil aero asia cat coop jobs mobi museum name pro tel travel post press news media
    agency group global gmbh berlin hamburg koeln bayern wien swiss cloud digital online site website shop store app
    dev tech technology software systems solutions services consulting company companies partners ventures capital
    fund finance bank insurance health care clinic hospital energy green eco bio farm earth city town community
    foundation ngo ong charity church school academy university college science institute live life space world today
    studio design art gallery photo photography video film music theater events tickets sport football club team house
    homes estate properties build construction engineering industries works restaurant cafe bar beer wine food kitchen
    hotel holiday tours fashion boutique love fun email social blog page link xyz top one plus zone network security
    legal law tax expert guru marketing international
    """
)
_FILES = word_set(
    """
    png jpg jpeg gif svg webp pdf htm html php js css doc docx
    """
)
_PATTERN_WORDS = word_set(
    """
    fornavn etternavn efternavn mellomnavn mellemnavn fornamn förnamn efternamn etternamn etunimi sukunimi firstname
    lastname first last surname forename familyname givenname vorname nachname name navn namn nimi initialer initialen
    initials yourname xx xxx xxxx
    """
)
_COMPANY_END = re.compile(r"^.*?\b(?:Inc|Ltd|LLC|Corp|Co|plc|GmbH|AG|AB|AS|ApS|Oy|Oyj|SE|SA|NV)\.(?=[a-z])")
_LABEL_GLUED = re.compile(r"^.*?(?:E-?[Mm]ail|Mail|E-?[Pp]ost|Epost|Mejl|Sähköposti|Email)(?=[a-z])(?!s?[.@]|$)")
_SPACED_LOCAL = re.compile(
    r"(?:mail|e-?post)[: ]+(?:[\w.-]+ )?$|\b(?:presse?|media|info|kontakt|contact) $|[\w-]\.[\w-]+ $",
    re.IGNORECASE,
)
_DIGITS_GLUED = re.compile(r"^(?:[+\d.-]*\d|x\d{1,5}|.*?\d{7,15})(?=[^\W\d])")
_NUMBER_TAIL = re.compile(r"[\d ()./+x-]*$")
_CASE_STEP = re.compile(r"(?<=[a-zß-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-ZÀ-Þ][a-zß-ÿ])")
_NEXT_WORD = re.compile(
    r"^(?:tel|tlf|telefon|telefax|phone|mob|mobil|mobile|fax|web|website|www|http|https|e-?mail|og|and)", re.IGNORECASE
)
_DESKS = word_set(
    """
    presse press pressen media medier info kontakt contact mail post office hello hej pr news kommunikation
    communications communication presskontakt pressekontakt
    """
)


def find_addresses(text: str) -> list[Mark]:
    """The addresses of `text` (see `plain.as_read`), in order, lower case; patterns such as `fornavn.efternavn@` are none."""
    marks: list[Mark] = []
    signs = _AT if _HIDDEN_HINT.search(text) else _PLAIN_AT
    for count, sign in enumerate(signs.finditer(text)):
        if count >= MAX_ADDRESSES:
            break
        mark = _address(text, sign.start(), sign.end(), marks[-1].end if marks else 0)
        if mark is not None and mark.start >= (marks[-1].end if marks else 0):
            marks.append(mark)
    return marks


def _address(text: str, start: int, end: int, floor: int) -> Mark | None:
    """The address around the at-sign `text[start:end]`, if there is one."""
    spelt = text[start:end] != "@"
    left, right = text[max(floor, start - 120) : start], text[end : end + 200]
    if not spelt and left.endswith(" ") and right.startswith(" "):
        spelt = bool(_SPACED_LOCAL.search(left))
    begin = start - (len(left) - len(left.rstrip(" ")) if spelt else 0)
    local = (_HIDDEN_LOCAL if spelt else _LOCAL).search(left.rstrip(" ") if spelt else left)
    skip = len(right) - len(right.lstrip(" "))
    domain = (_HIDDEN_DOMAIN if spelt else _DOMAIN).match(right, skip if spelt or skip == 1 else 0)
    if local is None or domain is None or text[begin - len(local[0]) - 1 : begin - len(local[0])] == "@":
        return None
    host, used = _trim_domain(domain[0])
    kept = _trim_local(local[0], left[: local.start()])
    name = _DOTS.sub(".", kept).strip("'%")
    address = f"{name}@{host}".lower()
    if not host or not name.strip(".-_+") or ".." in name or len(name) > LONGEST_LOCAL or is_pattern(name):
        return None
    return Mark(begin - len(kept), end + domain.start() + used, email=address)


def is_pattern(local: str) -> bool:
    """Whether the part before the at-sign is a pattern to fill in, such as `etunimi.sukunimi`, and no address."""
    parts = [part for part in re.split(r"[._+-]", local.lower()) if part]
    named = [part for part in parts if part in _PATTERN_WORDS or not part.strip("x")]
    return (
        bool(named)
        and all(part in named or len(part) == 1 for part in parts)
        and (len(parts) > 1 or parts[0] not in {"first", "last", "x"})
    )


# --- where an address ends -------------------------------------------------------------------------------------------------


def _trim_domain(found: str) -> tuple[str, int]:
    """The domain at the start of `found`, and how many characters of it that takes; the next word may be glued to it."""
    pieces = _DOTS.split(found)
    ends, at = [], 0
    for piece in pieces:
        at = found.index(piece, at) + len(piece)
        ends.append(at)
    for i in range(1, len(pieces)):
        cut = _glued_end(pieces[i])
        if cut is not None:
            return ".".join([*pieces[:i], pieces[i][:cut]]), ends[i] - len(pieces[i]) + cut
        if (
            i + 1 < len(pieces)
            and _is_tld(pieces[i])
            and (_starts_sentence(pieces[i + 1], pieces[i]) or _NEXT_WORD.match(pieces[i + 1]))
        ):
            return ".".join(pieces[: i + 1]), ends[i]
    last = pieces[-1].strip("_-")
    good = (
        last.isascii()
        and last.isalpha()
        and SHORTEST_TLD <= len(last) <= LONGEST_TLD
        and last.lower() not in _FILES
        and (len(last) > SHORTEST_TLD or _is_tld(last))
    )
    return (".".join([*pieces[:-1], last]), ends[-1] - len(pieces[-1]) + len(last)) if good else ("", 0)


def _glued_end(label: str) -> int | None:
    """Where the top-level domain ends in `label` when a digit, a capital, a hyphen or a known word is glued to it."""
    if _is_tld(label):
        return None
    steps = [step.start() for step in _CASE_STEP.finditer(label)]
    steps += [m.start() for m in (re.search(r"[\d_-]", label),) if m]
    steps += [i for i in range(2, min(len(label), 12)) if _NEXT_WORD.match(label[i:])]
    good = [i for i in steps if _is_tld(label[:i])]
    return min(good) if good else None


def _is_tld(label: str) -> bool:
    return label.lower() in _COUNTRIES or label.lower() in _GENERIC


def _starts_sentence(label: str, before: str) -> bool:
    """`x.dk.For`: a capital after a lower case domain is the next sentence."""
    return label[:1].isupper() and before.islower()


# --- where an address begins -----------------------------------------------------------------------------------------------


def _trim_local(local: str, before: str) -> str:
    """The part before the at-sign without a number, company, label or name that is glued to its front."""
    local = local.lstrip(".-_+'%")
    digits = _DIGITS_GLUED.match(local)
    if digits and _digit_count(digits[0]) + _digit_count(_NUMBER_TAIL.search(before[-30:])[0]) >= SHORTEST_NUMBER:  # type: ignore[index]
        local = local[digits.end() :]
    local = _COMPANY_END.sub("", local)
    local = _LABEL_GLUED.sub("", local)
    return local[_name_glued(local, before) :]


def _digit_count(text: str) -> int:
    return sum(map(str.isdigit, text))


def _name_glued(local: str, before: str) -> int:
    """How much of `local` is the end of a person's name (`Holm-Dahlahd@`: the address is `ahd@`, made of the name's initials)."""
    if not any(char.isupper() for char in local[:-1]):
        return 0
    same_line = before.rsplit("\n", 1)[-1]
    earlier = [word for word in re.findall(r"[^\W\d_]+", _CASE_STEP.sub(" ", same_line)) if word[0].isupper()][-3:]
    for k in range(3, len(local) - 1):
        front = re.findall(r"[^\W\d_]+", local[:k])
        if not local[k - 1].islower() or not front or not front[-1][0].isupper():
            continue
        tail = _fold(local[k:])
        if (earlier or len(front) > 1) and (tail in _DESKS or tail in _made_of([*earlier, *front])):
            return k
    return 0


def _made_of(names: list[str]) -> set[str]:
    """The local parts that organisations usually make of a person's names (folded); at least two characters each."""
    made: set[str] = set()
    for skip in range(len(names) - 1):
        words = [_fold(name) for name in names[skip:]]
        first, last = words[0], words[-1]
        made |= {
            "".join(word[0] for word in words),
            first[0] + last[0],
            first,
            last,
            first[0] + last,
            first + last[0],
            first + last,
            last + first,
        }
        made |= {sep.join(pair) for sep in "._-" for pair in ((first, last), (first[0], last), (last, first), tuple(words))}
    return {local for local in made if len(local) > 1}


def _fold(text: str) -> str:
    """Lower case without accents, the way addresses are spelt."""
    return "".join(char for char in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(char))
