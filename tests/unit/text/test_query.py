"""The query language, what it finds and what it points out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.prose import Block
from bot.text.highlight import highlight
from bot.text.query import Query, Row, Term, matches, parse

RELEASE = (
    "Danmark og EU indfører nye sanktioner mod Rusland. Det Blå Råd holder møde om EU-topmødet i København, "
    "hvor USA's toldsatser drøftes; væksten er 5,3 pct. Skriv til vagten@eksempel.dk eller ring 61 97 92 47."
)


def found(query: str, text: str = RELEASE, language: str = "da") -> bool:
    """Whether the query finds the text."""
    return matches(parse(query), text, language)


def bold(block: Block) -> list[str]:
    """What is pointed out."""
    return [span.text for span in block.spans if span.bold]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("sanktion", "sanktioner"),
        ("sanktionerne", "En ny sanktionspakke"),
        ("Grønland", "det grønlandske selvstyre"),
        ("grønlandske", "besøg i Grønland"),
        ("ukrainsk", "støtte til Ukraine"),
        ("minister", "ministrene ministeren"),
        ("mødested", "mødesteder"),
        ("eutopmøde", "EU-topmøde"),
        ("EU-topmøde", "et EU topmøde"),
        ("EU-topmøde", "eutopmødet"),
        ("email", "en e-mail"),
        ("usa", "USA's told"),
        ("lovforslag", "lovforsla-get"),
        ("5,3", "5,3 pct."),
        ("vagten@eksempel.dk", "Skriv til vagten@eksempel.dk."),
        ("61 97 92 47", "+45 61 97 92 47"),
        ("to*", "toldsats"),
        ("meetings", "The meeting was held"),
        ("barn", "børnene"),
        ("bøger", "en bog"),
        ("Grønland", "grønlænderne"),
        ("færøske", "på Færøerne"),
    ],
)
def test_a_word_finds_its_forms(query: str, text: str) -> None:
    """Inflection, the head of a longer word, hyphens, and what a star leaves open make no difference."""
    assert found(query, text)
    assert found(query, text, "")


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("pakke", "en ny sanktionspakke"),
        ("pakker", "sanktionspakkerne"),
        ("fradrag", "det forhøjede kørselsfradrag"),
        ("topmøde", "på NATO-havtopmødet"),
        ("afgift", "bilafgifterne"),
        ("kontrol", "grænsekontrollen"),
        ("moms", "fødevaremomsen sænkes"),
        ("skolerne", "de danske folkeskoler"),
        ("loven", "Ukrainesærloven forlænges"),
        ("fly", "nye kampfly"),
    ],
)
def test_a_word_is_found_as_the_last_part_of_a_compound(query: str, text: str) -> None:
    """The end of a longer word is found in any of its forms, where the text's language is known, and pointed out there."""
    assert found(query, text, "da")
    assert bold(highlight(parse(query), text, "da"))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("grænse", "regeringen vil begrænse"),
        ("kræft", "partierne genbekræfter"),
        ("havn", "i København"),
        ("land", "i Grønland"),
        ("handle", "de behandler"),
        ("ring", "en evaluering"),
        ("tal", "en ny sommeraftale"),
        ("pak*", "en sanktionspakke"),
        ("health", "the commonwealth"),
    ],
)
def test_what_only_ends_like_a_word_is_not_found(query: str, text: str) -> None:
    """Not behind a verb's prefix, not in names of places, not in endings, not behind a star, and not in English."""
    assert not found(query, text, "en" if query == "health" else "da")


def test_short_stems_need_the_language() -> None:
    """`møder` and `mødet` meet in their stem alone, which is too short to be a beginning: the text's language must be known."""
    assert found("møder", "mødet", "da")
    assert not found("møder", "mødet", "")


@pytest.mark.parametrize("text", ["København", "Kobenhavn", "Koebenhavn", "KØBENHAVNS Havn"])
@pytest.mark.parametrize("query", ["København", "kobenhavn", "koebenhavn", "Københavns", "grønlandske OR kobenhavns"])
def test_nordic_letters_need_no_nordic_keys(query: str, text: str) -> None:
    """København is found however query and text spell it."""
    assert found(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("hær", "han har"),
        ("kræft", "kraftværk"),
        ("mode", "mødelokale"),
        ("politisk", "politiet"),
        ("eu", "europa"),
        ("2026", "20261"),
        ("forstå", "forstærket"),
        ("told", "afgift"),
    ],
)
def test_a_word_does_not_find_another(query: str, text: str) -> None:
    """Short words stand alone, numbers are whole, and vowels count where they make another word."""
    assert not found(query, text)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sanktioner rusland", True),
        ("sanktioner norge", False),
        ("norge OR rusland", True),
        ("norge ELLER rusland", True),
        ("norge|rusland", True),
        ("norge or rusland", False),
        ("norge sverige OR rusland told", True),
        ("sanktioner -rusland", False),
        ("sanktioner -norge", True),
        ("-norge", True),
        ("-rusland", False),
        ('"nye sanktioner mod"', True),
        ('"sanktioner nye"', False),
        ("“det blå råd”", True),
        ("»blå råd«", True),
        ('-"blå råd" sanktioner', False),
        ('"blå rå"', False),
        ('"blå rå"*', True),
        ('"nye sankt*"', True),
        ('rusland "sanktion', True),
        ("told,rusland", True),
        ("told/rusland", True),
        ("lang:rusland", False),
        ("(rusland)", True),
        ("OR rusland OR", True),
        ("- rusland", True),
        ("--rusland", False),
        ("+rusland", True),
        ("", False),
        ('- OR | " *', False),
    ],
)
def test_the_query_language(query: str, expected: bool) -> None:
    """Words beside each other are all wanted, OR binds looser, a minus excludes, quotes keep together, strays do no harm."""
    assert found(query) is expected


def test_an_empty_query_says_so() -> None:
    """Nothing but signs asks for nothing; a minus alone asks for something."""
    assert parse(' "" - OR * ').is_empty
    assert not parse("-told").is_empty


def test_a_word_becomes_the_beginnings_of_its_forms() -> None:
    """The rows are what an index is asked: the stem, the marked skeleton for texts with Nordic letters, and the stem backwards."""
    forms = ("sanktion", "0sanktion", "1noitknas", "1nnoitknas")
    assert parse("sanktioner", ("da",)) == Query(((Term(tuple(Row((form,), begins=True) for form in forms)),),))


def test_a_phrase_stands_in_each_language() -> None:
    """A phrase has a row for each way its words may be indexed, none of them open at the end."""
    ((term,),) = parse('"blå møder"', ("da", "en")).any_of
    assert term.rows == (Row(("blaa", "moed")), Row(("blaa", "moeder")))


def test_a_query_is_bounded() -> None:
    """However much is typed, an index is not asked for more than thirty terms."""
    assert len(parse(" ".join(f"ord{chr(97 + n % 26)}{n}" for n in range(500))).wanted) <= 30


def test_a_snippet_is_cut_around_the_first_match() -> None:
    """The snippet is one line, cut at words on both sides, with the words asked for in bold."""
    block = highlight(parse("topmøde"), RELEASE, "da", 70)
    assert block.text == "… Råd holder møde om EU-topmødet i København, hvor USA's toldsatser …"
    assert bold(block) == ["topmødet"]


def test_neighbours_are_marked_as_one() -> None:
    """Words of a phrase, and what stands for a number, are one bold run."""
    assert bold(highlight(parse('"det blå råd" 5,3'), RELEASE, "da", 500)) == ["Det Blå Råd", "5,3"]


def test_a_short_text_is_shown_whole() -> None:
    """Nothing is cut from a text that fits, and lines become one."""
    assert highlight(parse("told"), "Ny\n told", "da", 20).text == "Ny told"


def test_without_a_match_the_beginning_is_shown() -> None:
    """A snippet of a text that was found elsewhere, by its title say, is its beginning."""
    assert highlight(parse("zebra"), RELEASE, "da", 40).text == "Danmark og EU indfører nye …"


QUERIES = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from([*RELEASE.split(), "OR", "ELLER", "|", "-", '"', "„", "*", "kobenhavn", "to*", "-norge"]), max_size=8
    ).map(" ".join),
)
TEXTS = st.one_of(st.just(RELEASE), st.text(max_size=120), st.lists(st.sampled_from(RELEASE.split()), max_size=40).map(" ".join))


@given(QUERIES, TEXTS, st.sampled_from(["da", "en", "", "fr"]), st.integers(-1, 300))
def test_every_match_can_be_pointed_out(query: str, text: str, language: str, width: int) -> None:
    """Whatever is typed and written, nothing raises, and what is found by a wanted word has a bold word in its snippet."""
    asked = parse(query)
    block = highlight(asked, text, language, width)
    if matches(asked, text, language) and asked.any_of:
        assert any(bold(block))


@given(TEXTS, st.integers(10, 120))
def test_a_snippet_keeps_to_its_width(text: str, width: int) -> None:
    """A snippet is no wider than asked."""
    assert len(highlight(parse("sanktioner OR møde"), text, "da", width).text) <= width


@given(st.text(alphabet="abcæøå-'’. ", max_size=30), st.sampled_from(["da", "en", ""]))
def test_a_text_finds_itself(text: str, language: str) -> None:
    """What stands in a text finds it when typed as it stands, as one phrase."""
    asked = parse(f'"{text}"')
    assert asked.is_empty or matches(asked, text, language)
