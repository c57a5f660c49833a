"""The query language: what a person types, as something to match by. Whatever is typed means something; nothing raises.

    sanktioner rusland          both words, in any of their forms, and as first or last part of longer ones
    "det blå hus"               these words side by side
    sanktioner -told            not this word
    sanktioner OR told          either (also ELLER and |); binds looser than the words beside each other
    tol*                        whatever begins so, however short

`matches` and `bot.text.highlight` compare a query with a text, storage with its index: all by the tokens of `bot.text.tokenise`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.text.stem import known, stem
from bot.text.tokenise import Word, backwards, bare, joined, lowered, skeleton, token, tokens, words

_QUOTES = '"“”„«»'
_ITEM = re.compile(
    rf"""(?P<minus>(?<!\S)[-−–]+)?
    (?: [{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}](?P<star>\*?)
      | (?P<either>\|)
      | (?P<word>[^\s|{_QUOTES}]+) )""",
    re.VERBOSE,
)
EITHER = ("OR", "ELLER")
# `told/afgift` and `lang:da` are several words, `10:41` and `3/10` are read as written.
_BETWEEN = re.compile(r"(?<!\d)[,;:/()\[\]]+|[,;:/()\[\]]+(?!\d)")
_SHORTEST_PREFIX = 4
_SHORTEST_LAND = 5
_SHORTEST_NATION = 7
_SHORTEST_LAST_PART = 4
# Shorter ones end too many words by chance (`tal` in `aftale`), but for these, which the press asks for. Stems.
_SHORT_LAST_PARTS = frozenset(("lov", "sag", "mom", "fly", "ulv", "bil", "tog", "vej", "hus"))
# Nouns whose plural has another vowel are few, and are asked for in either number. Stems.
_MUTATED = {
    one: other
    for pair in (("barn", "børn"), ("bog", "bøg"), ("mand", "mænd"), ("hånd", "hænd"), ("tand", "tænd"), ("nat", "næt"))
    for one, other in (pair, pair[::-1])
}
# As last parts these make names of places, abstract nouns and words of Latin: who types them means the word by itself.
_NO_LAST_PARTS = frozenset(
    (
        *("land", "mark", "havn", "borg", "berg", "burg", "stad", "sund", "skab", "hold", "slag", "form", "port", "cent"),
        *("ring", "ning", "ling", "ting", "tion", "sion"),
    )
)
_VOWELS = frozenset("aeiouy")
_LONGEST = 1000
_MOST_TERMS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """Tokens that stand side by side. `begins`: the last of them may be only the beginning of the token that stands there."""

    tokens: tuple[str, ...]
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for, a word or a phrase: found where any of its rows is found. The rows differ by language and spelling."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A question to texts: found where all terms of any of the `any_of` groups are, and none of `none_of`.

    Without groups (`-told` alone) every text is found that has none of `none_of`; an empty query finds nothing.
    """

    any_of: tuple[tuple[Term, ...], ...] = ()
    none_of: tuple[Term, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked that could be found or left out."""
        return not self.any_of and not self.none_of

    @property
    def wanted(self) -> tuple[Term, ...]:
        """The terms of all groups: what to point out in a text that was found."""
        return tuple(dict.fromkeys(term for group in self.any_of for term in group))


@dataclass(frozen=True, slots=True)
class _Item:
    text: str
    phrase: bool = False
    negated: bool = False


_OR = _Item("")


def parse(text: str, languages: Iterable[str] = ("da", "en")) -> Query:
    """What was typed, with its words in the forms that texts in these languages (tags such as `da`) are indexed by."""
    codes = tuple(dict.fromkeys(filter(None, map(known, languages))))
    groups: list[list[Term]] = [[]]
    none_of: list[Term] = []
    for item in _items(text[:_LONGEST]):
        if item is _OR:
            groups.append([])
        elif len(none_of) + sum(map(len, groups)) < _MOST_TERMS and (term := _term(item, codes)).rows:
            (none_of if item.negated else groups[-1]).append(term)
    return Query(tuple(tuple(dict.fromkeys(group)) for group in groups if group), tuple(dict.fromkeys(none_of)))


def _items(text: str) -> Iterator[_Item]:
    for found in _ITEM.finditer(text):
        negated = bool(found["minus"])
        if found["either"] or (found["word"] in EITHER and not negated):
            yield _OR
        elif found["word"]:
            yield from (_Item(part, negated=negated) for part in _BETWEEN.split(found["word"]) if part)
        elif found["phrase"]:
            yield _Item(found["phrase"] + found["star"], phrase=True, negated=negated)


def _term(item: _Item, languages: tuple[str, ...]) -> Term:
    asked = words(item.text)
    star = item.text.endswith("*")
    alone = asked[0] if len(asked) == 1 and not item.phrase else None
    rows: list[Row] = []
    if alone is None or alone.parts:
        rows += _rows_in_order(asked, (*languages, ""), star=star, whole=item.phrase)
    if alone and (word := joined(alone) if alone.parts else lowered(alone.text)):
        rows += _rows_of_word(word, languages, star=star)
        rows += () if star else _rows_of_last_part(word, languages)
    return Term(_shortest(rows))


def _rows_in_order(asked: list[Word], languages: tuple[str, ...], *, star: bool, whole: bool) -> Iterator[Row]:
    """What stands side by side, once in each language. `whole`: the last word is finished, as in a phrase."""
    parts = [part.text for word in asked for part in word.parts or (word,)]
    for language in languages if parts else ():
        begins = star or (not whole and _is_beginning(stem(lowered(parts[-1]), language)))
        yield Row(tuple(token(part, language) for part in parts), begins)


def _rows_of_word(word: str, languages: tuple[str, ...], *, star: bool) -> Iterator[Row]:
    """The word's forms: as it stands, as each language stems it, without the `sk` of `grønlandsk`, and in bare vowels.

    Letters are counted before folding: `møde` stems to `mød`, which as a beginning would find too much.
    """
    forms = dict.fromkeys((word, *(stem(word, language) for language in languages)))
    others = (form for each in forms for form in (_land(each), _people(each), _MUTATED.get(each, "")) if form)
    for form in dict.fromkeys((*forms, *others)):
        folded = token(form, "")
        begins = star or _is_beginning(form)
        yield Row((folded,), begins)
        # Typed with Nordic letters it may be written without, and the other way round.
        plain = skeleton(folded)
        if plain and plain == folded:
            yield Row((bare(folded),), begins)
        elif plain:
            # `forsta` from `forstå` is no beginning: it would find `forstaerk`, where the vowel is another.
            yield Row((plain,), begins and plain[-1] not in "ao")


def _rows_of_last_part(word: str, languages: tuple[str, ...]) -> Iterator[Row]:
    """The word as the last part of longer ones: `pakke` of `sanktionspakke`, `fradrag` of `kørselsfradragene`.

    A stem of a single letter after its vowel may have it doubled in the longer word: `kontrol` and `grænsekontrollen`.
    """
    for form in dict.fromkeys(backwards(word, language) for language in languages):
        end = form[:0:-1]
        if end in _SHORT_LAST_PARTS or (len(end) >= _SHORTEST_LAST_PART and end not in _NO_LAST_PARTS):
            yield Row((form,), begins=True)
            if end[-1] not in _VOWELS and end[-2] in _VOWELS:
                yield Row((form[0] + form[1] + form[1:],), begins=True)


def _is_beginning(form: str) -> bool:
    return len(form) >= _SHORTEST_PREFIX and not form.isdigit()


def _land(form: str) -> str:
    """What a Nordic adjective in -sk is made of (`grønlandsk`, `ukrainsk`), or ''; but `politisk` is not about the `politi`."""
    land = form.removesuffix("sk")
    if land == form or land.endswith("i"):
        return ""
    return land if len(land) >= _SHORTEST_LAND or land.endswith("ø") else ""


def _people(form: str) -> str:
    """How the people of a land are called, without their ending (`grønlænd`), or ''."""
    land = form.removesuffix("land")
    return f"{land}lænd" if land != form and len(form) >= _SHORTEST_NATION else ""


def _shortest(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows without those that another, shorter beginning finds as well."""
    different = list(dict.fromkeys(rows))
    return tuple(row for row in different if not any(_covers(other, row) for other in different if other != row))


def _covers(wide: Row, row: Row) -> bool:
    same = wide.tokens[:-1] == row.tokens[:-1]
    return wide.begins and same and row.tokens[-1].startswith(wide.tokens[-1])


def matches(query: Query, text: str, language: str = "") -> bool:
    """Whether the text, in the language of a tag ('' to tell from the text), is what the query asks for."""
    return matches_tokens(query, tokens(text, language))


def matches_tokens(query: Query, found: Sequence[str]) -> bool:
    """The same for a text whose `tokens` are at hand."""
    if query.is_empty or any(_found(term, found) for term in query.none_of):
        return False
    return not query.any_of or any(all(_found(term, found) for term in group) for group in query.any_of)


def _found(term: Term, found: Sequence[str]) -> bool:
    return next(places(term, found), None) is not None


def places(term: Term, found: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the term stands among the tokens of a text: its first token and the one after its last."""
    for row in term.rows:
        for at in range(len(found) - len(row.tokens) + 1):
            if _stands(row, found, at):
                yield at, at + len(row.tokens)


def _stands(row: Row, found: Sequence[str], at: int) -> bool:
    *before, last = row.tokens
    there = found[at + len(before)]
    return (there.startswith(last) if row.begins else there == last) and all(
        found[at + i] == token for i, token in enumerate(before)
    )
