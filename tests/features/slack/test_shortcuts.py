"""Journeys on Slack: shortcuts on a message and everywhere, each answered in a modal."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.slack.inbound import CONTACT_OF_RELEASE, SEARCH
from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.features.slack_desk import Start, post, shown, until

# On a message -----------------------------------------------------------------------------------------------------------


async def test_the_contact_of_an_alert(either: Start, asta: Person, birk: Person, room: Channel) -> None:
    """In a modal, which leads on to the whole release and back; nobody else sees anything."""
    async with either() as desk:
        await desk.subscribe(asta, room)
        await desk.publish(1, "Kajen åbner")
        alert = await post(room, "Kajen åbner")
        await desk.settled(alert)
        posts = len(room.posts)
        view = await (await birk.uses_message_shortcut(CONTACT_OF_RELEASE, alert)).opened()
        assert "Kajen åbner" in view.words
        assert "+45 33 11 22 33" in view.words
        whole = await (await birk.presses(view, "Hele pressemeddelelsen")).opened()
        assert "Skibe kan lægge til fra mandag." in whole.words
        assert birk.screen is whole
        await birk.closes(whole)
        assert birk.screen is view
        assert len(room.posts) == posts


async def test_the_contact_of_a_release_that_somebody_links_to(either: Start, asta: Person, birk: Person, room: Channel) -> None:
    """The first of a message's links that leads to a release."""
    async with either() as desk:
        await desk.publish(1, "Kajen åbner")
        said = await asta.says("Se https://other.example/1 og https://havnen.example/1 her", room)
        view = await (await birk.uses_message_shortcut(CONTACT_OF_RELEASE, said)).opened()
        assert "Kajen åbner" in view.words
        assert "+45 33 11 22 33" in view.words


async def test_the_contact_of_an_alert_that_is_talked_about(desk: Start, asta: Person, birk: Person, room: Channel) -> None:
    """What is said in an alert's thread is about that alert."""
    async with desk() as bot:
        await bot.subscribe(asta, room)
        await bot.publish(1, "Kajen åbner")
        alert = await post(room, "Kajen åbner")
        await bot.settled(alert)
        said = await asta.says("Hvem ringer?", room, thread=alert)
        view = await (await birk.uses_message_shortcut(CONTACT_OF_RELEASE, said)).opened()
        assert "Kajen åbner" in view.words


async def test_a_message_without_a_release(either: Start, asta: Person, room: Channel) -> None:
    """Says so, and leads on."""
    async with either() as desk:
        await desk.publish(1, "Kajen åbner")
        said = await asta.says("Frokost? https://other.example/1", room)
        view = await (await asta.uses_message_shortcut(CONTACT_OF_RELEASE, said)).opened()
        assert "viser ingen pressemeddelelse" in view.words
        listed = await (await asta.presses(view, "Seneste")).opened()
        assert "Kajen åbner" in listed.words


async def test_a_database_that_is_slow_to_read(desk: Start, asta: Person, room: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The modal is opened in time, and filled in afterwards; pages of what leads on are turned in place."""
    monkeypatch.setattr("adapters.slack.modals.PATIENCE", 0.0)
    async with desk() as bot:
        for number in range(1, 9):
            await bot.publish(number, f"Kaj nummer {number} åbner")
        said = await asta.says("https://havnen.example/3", room)
        view = await (await asta.uses_message_shortcut(CONTACT_OF_RELEASE, said)).opened()
        await until(lambda: "Kaj nummer 3" in view.words)


async def test_where_no_modal_can_be_opened_it_is_a_message(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """For that person's eyes."""
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        said = await asta.says("https://havnen.example/1", room)
        api.fault("views.open", error="expired_trigger_id")
        await asta.uses_message_shortcut(CONTACT_OF_RELEASE, said)
        answer = await shown(asta, room, "+45 33 11 22 33")
        assert answer.to is asta.user


async def test_no_workspace_hears_of_anothers_newsrooms(
    desk: Start, api: SlackApi, asta: Person, room: Channel, tmp_path: Path
) -> None:
    """A link to a release of one that only another workspace added leads nowhere here."""
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        async with bot.bot.database.begin() as tx:
            await tx.newsrooms.withdraw_others("settings", keep=())
        said = await asta.says("https://havnen.example/1", room)
        view = await (await asta.uses_message_shortcut(CONTACT_OF_RELEASE, said)).opened()
        assert "viser ingen pressemeddelelse" in view.words


# Everywhere -------------------------------------------------------------------------------------------------------------


async def test_a_box_to_search_by(either: Start, asta: Person) -> None:
    """What is found stands below it; pages are turned in place, and a release is opened on top."""
    async with either() as desk:
        for number in range(1, 9):
            await desk.publish(number, f"Kaj nummer {number} åbner")
        view = await (await asta.uses_shortcut(SEARCH)).opened()
        act = await asta.submits(view, {"Søg i pressemeddelelser": "kaj"})
        assert act.screen is view
        assert "8 pressemeddelelser" in view.words
        await asta.presses(view, "Flere ▸")
        await until(lambda: "Side 2 af 2" in view.words)
        assert any(control.kind == "plain_text_input" for control in view.controls)
        release = await (await asta.presses(view, "6")).opened()
        assert asta.screen is release
        assert "Skibe kan lægge til fra mandag." in release.words


@pytest.mark.parametrize(
    ("button", "words"), [("Seneste", "Kajen åbner"), ("Pressekontakt", "+45 33 11 22 33"), ("Hjælp", "/presse")]
)
async def test_what_else_there_is(desk: Start, asta: Person, button: str, words: str) -> None:
    """The latest, contacts, help: each on top."""
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        view = await (await asta.uses_shortcut(SEARCH)).opened()
        assert words in (await (await asta.presses(view, button)).opened()).words


async def test_a_search_that_takes_long(desk: Start, asta: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The modal waits, then shows what was found, and the box again."""
    monkeypatch.setattr("adapters.slack.submissions.WITHIN", 0.0)
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        view = await (await asta.uses_shortcut(SEARCH)).opened()
        act = await asta.submits(view, {"Søg i pressemeddelelser": "kajen"})
        assert act.screen is view
        await until(lambda: "Kajen åbner" in view.words)
        assert view.said["submit"]["text"] == "Søg"


async def test_modals_are_not_piled_higher_than_slack_allows(desk: Start, asta: Person) -> None:
    """Three lie on each other; what comes then takes the place of the last."""
    async with desk() as bot:
        for number in (1, 2):
            await bot.publish(number, "Kajen åbner")
        view = await (await asta.uses_shortcut(SEARCH)).opened()
        listed = await (await asta.presses(view, "Seneste")).opened()
        release = await (await asta.presses(listed, "1")).opened()
        assert len(asta.views.stack(asta.user)) == 3
        await asta.presses(release, "Havnen")
        await until(lambda: "I alt her" in release.words or "Seneste" in release.words)
        assert asta.screen is release
