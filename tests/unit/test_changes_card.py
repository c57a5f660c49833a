"""What is told under an alert: what a correction changed, and the whole of a release."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.cards import changes_card, whole_card
from bot.domain.card import Card, Fact, Meta, Text, Title
from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.prose import Span, from_json, paragraphs, to_json
from bot.domain.release import Content, Document, Release, ReleaseId
from bot.i18n import texts

DA, EN = texts("da", "Europe/Copenhagen"), texts("en", "Europe/Copenhagen")
NOW = datetime(2026, 11, 20, 11, 41, tzinfo=UTC)
HARBOUR = Newsroom(NewsroomId(1), "havnen", "Havnen", "DK", "da", "https://havnen.example", offered=True)
DANISH = Content(
    "Havnen giver 40 mio. kr.",
    lead="Kajen kan åbne på mandag.",
    body=paragraphs("Kajen kan åbne på mandag.\nDet siger havnechef Freja Holmsted."),
    language="da",
    url="https://havnen.example/1",
)
ENGLISH = Content("The harbour gives DKK 40 m", lead="The quay opens on Monday.", language="en")


def release(*versions: Content, revision: int = 1) -> Release:
    """A release of the harbour, corrected a moment ago."""
    published = NOW - timedelta(hours=1)
    known = Release(ReleaseId(12), HARBOUR, "12", published, published, versions or (DANISH,), revision)
    return replace(known, corrected_at=NOW if revision > 1 else None)


def told(*after: Content, before: tuple[Content, ...] = (DANISH,), language: str = "da") -> Card | None:
    """What readers are told of a correction."""
    return changes_card(release(*before), release(*after, revision=2), EN if language == "en" else DA, NOW)


def lines(card: Card | None) -> list[str]:
    """The passages, as one reads them without looks."""
    return [element.block.text for element in card.elements if isinstance(element, Text)] if card else []


def test_figures_and_names_stand_out() -> None:
    """What is said no longer is struck out, what is said now is bold, an arrow stands between; the notification names it all."""
    body = paragraphs("Kajen kan åbne på mandag.\nDet siger havnechef Freja Lund.")
    card = told(replace(DANISH, title="Havnen giver 45 mio. kr.", body=body))
    assert card is not None
    assert card.elements[0] == Meta(("Havnen",), ("RETTET kl. 12.41",))
    assert lines(card) == [
        "Overskrift: Havnen giver 40 mio. kr. → 45 mio. kr.",
        "Det siger havnechef Freja Holmsted. → Freja Lund.",
    ]
    headline = card.elements[1]
    assert isinstance(headline, Text)
    assert headline.block.spans[2:] == (Span("40 mio. kr.", strike=True), Span(" → "), Span("45 mio. kr.", bold=True))
    assert card.summary == "RETTET kl. 12.41: Havnen: 40 mio. kr. → 45 mio. kr.; Freja Holmsted. → Freja Lund."


def test_a_word_more_is_told_once_though_the_text_says_the_lead_again() -> None:
    """The title, unchanged, says which release it is about."""
    lead = "Kajen kan ikke åbne på mandag."
    card = told(replace(DANISH, lead=lead, body=paragraphs(f"{lead}\nDet siger havnechef Freja Holmsted.")))
    assert card is not None
    assert card.elements[1] == Title(DANISH.title, DANISH.url)
    assert lines(card) == ["Kajen kan ikke åbne på mandag."]
    assert card.summary == "RETTET kl. 12.41: Havnen: + ikke"


def test_what_is_quiet_or_taken_back_is_not_told() -> None:
    """A misprint set right; and a release that says again what its readers read."""
    assert told(replace(DANISH, title="HAVNEN giver 40 mio. kr")) is None
    assert told(DANISH) is None


def test_each_reader_is_told_of_the_version_that_they_read() -> None:
    """Where that says the same, of the other one, with its language."""
    both, corrected = (DANISH, ENGLISH), replace(DANISH, title="Havnen giver 45 mio. kr.")
    english = told(corrected, replace(ENGLISH, title="The harbour gives DKK 45 m"), before=both, language="en")
    assert lines(english) == ["Headline: The harbour gives DKK 40 m → 45 m"]
    other = told(corrected, ENGLISH, before=both, language="en")
    assert other is not None
    assert other.elements[0] == Meta(("Havnen", "Dansk"), ("CORRECTED at 12:41",))
    assert lines(other) == ["Headline: Havnen giver 40 mio. kr. → 45 mio. kr."]


def test_a_rewritten_release_is_told_within_bounds() -> None:
    """The first passages, how many more there are, and a button to read it all."""
    before = replace(DANISH, body=paragraphs("\n".join(f"Afsnit {n} siger dette om den lange sag." for n in range(200))))
    after = replace(DANISH, body=paragraphs("\n".join(f"Afsnit {n} mener noget andet om den korte." for n in range(200))))
    card = told(after, before=(before,))
    assert card is not None
    assert lines(card)[-1] == "og 192 ændringer mere"
    assert sum(map(len, lines(card))) < 2500
    assert card.buttons[0][0].command == "/release id:12"


def test_what_a_release_said_at_a_revision() -> None:
    """The first thing that was kept of each version at that revision or later; what was never corrected, as it is."""
    first, second, third = (replace(DANISH, title=title) for title in ("Et", "To", "Tre"))
    known = release(third, ENGLISH, revision=4)
    former = [(1, first), (3, second)]
    titles = [[version.title for version in known.at(revision, former).versions] for revision in (1, 2, 3, 4)]
    assert titles == [["Et", ENGLISH.title], ["To", ENGLISH.title], ["To", ENGLISH.title], ["Tre", ENGLISH.title]]


def test_the_whole_is_what_the_alert_leaves_out() -> None:
    """Text without the lead, and documents; nothing where there is no more."""
    card = whole_card(release(replace(DANISH, documents=(Document("https://havnen.example/plan.pdf", "Plan"),))), DA)
    assert card is not None
    assert lines(card) == ["Det siger havnechef Freja Holmsted."]
    assert [element.value for element in card.elements if isinstance(element, Fact)] == ["Plan"]
    assert whole_card(release(replace(DANISH, body=())), DA) is None


def test_struck_words_survive_storage() -> None:
    """As the other looks do."""
    (block,) = paragraphs("ord")
    looks = replace(block, spans=(Span("a", bold=True, strike=True), Span("b", italic=True, url="https://a.example"), Span("c")))
    assert from_json(to_json((looks,))) == (looks,)
