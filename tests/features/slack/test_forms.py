"""Journeys on Slack: forms in modals, by Socket Mode and by HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context
from bot.commands.registry import COMMANDS
from bot.domain.card import Button, Card, Text, Tone
from bot.domain.form import Choice, Field, Form
from bot.domain.prose import paragraphs
from bot.errors import UserError
from bot.i18n import Texts
from bot.ports import Reply
from tests.fakes.slack_api import Channel, Person, SlackApi, View
from tests.features.slack_desk import Start, locked, shown, until

LONG = "x" * 200
FORM = Form(
    "Overvåg et nyhedsrum i denne kanal",
    "Gem",
    "/watch",
    (
        Field("newsroom", "Nyhedsrum", search="newsroom", hint="Skriv en del af navnet"),
        Field("when", "Hvornår", (Choice("now", "Straks"), Choice("daily", "Dagligt")), values=(Choice("now", "Straks"),)),
        Field("kinds", "Slags", (Choice("a", "Nyhed"), Choice(LONG, "Indbydelse")), several=True, optional=True),
        Field("hour", "Time", tuple(Choice(str(n), f"Kl. {n}") for n in range(24)), values=(Choice("8", "Kl. 8"),)),
        Field("many", "Mange", tuple(Choice(f"m{n}", f"Nr. {n}") for n in range(150)), several=True, optional=True),
        Field("words", "Ord <!channel>", optional=True),
    ),
)
LINES: list[str] = []


async def watch(ctx: Context, rest: str) -> Reply:
    """A command with a form: without arguments it asks, and it says what is wrong with what was filled in."""
    if not rest:
        return Reply(_card("Hvad skal overvåges?"), form=FORM)
    LINES.append(rest)
    if "forkert" in rest:
        return Reply(_card("Der er fejl"), private=True, faults={"words": "Det ord kendes ikke"})
    if "umuligt" in rest:
        raise UserError("Det går slet ikke")
    if "igen" in rest:
        return Reply(_card("Og så?"), form=Form("Trin to", "Gem", "/watch", (Field("more", "Mere"),)))
    return Reply(_card(f"Overvåger for {ctx.call.title or ctx.call.address.conversation}"), private="hemmeligt" in rest)


def _card(words: str) -> Card:
    return Card(words, tuple(Text(block, Tone.GOOD) for block in paragraphs(words)), ((Button("Overvåg", "/watch"),),))


def _rest(rest: str, _texts: Texts) -> str:
    return rest


WATCH = Command(
    "watch", Family.SUBSCRIPTIONS, "watch", _rest, watch, audience=Audience.MANAGERS, writes=True
)  # it writes, so that a locked database delays it


@pytest.fixture(autouse=True)
def commands(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a command that has a form."""
    LINES.clear()
    monkeypatch.setattr("bot.commands.router.COMMANDS", (*COMMANDS, WATCH))


async def opened(person: Person, where: Channel | None) -> View:
    """The form, as somebody gets it."""
    act = await person.runs("/presse watch", where)
    return await act.opened()


async def test_a_command_that_asks_is_a_form(either: Start, asta: Person, room: Channel) -> None:
    """Filled in, it is a command line like any other, answered where it was asked for; the modal closes."""
    async with either():
        view = await opened(asta, room)
        assert view.title == "Overvåg et nyhedsrum i…"
        kinds = ["external_select", "radio_buttons", "checkboxes", "static_select", "multi_static_select", "plain_text_input"]
        assert [control.kind for control in view.controls] == kinds
        assert view.pings == []
        filled = {"Nyhedsrum": "havnen", "Hvornår": "Dagligt", "Slags": ["Nyhed", "Indbydelse"], "Mange": ["Nr. 149"]}
        act = await asta.submits(view, filled | {"Ord <!channel>": 'kaj "nord" <!here>'})
        assert act.closed
        said = await until(lambda: next((one for one in room.posts if "Overvåger" in one.words), None))
        assert "Overvåger for #redaktionen" in said.words
        assert [f'newsroom:"havnen" when:"daily" kinds:"a,{LONG}" hour:"8" many:"m149" words:"kaj \'nord\' <!here>"'] == LINES


async def test_a_private_answer_is_for_the_person_alone(either: Start, asta: Person, room: Channel) -> None:
    """As the command says."""
    async with either():
        view = await opened(asta, room)
        assert (await asta.submits(view, {"Nyhedsrum": "havnen", "Ord <!channel>": "hemmeligt"})).closed
        assert (await shown(asta, room, "Overvåger")).to is asta.user


async def test_faults_are_said_in_place(either: Start, asta: Person, room: Channel) -> None:
    """Below the field, in the acknowledgement; corrected, it goes through."""
    async with either():
        view = await opened(asta, room)
        act = await asta.submits(view, {"Nyhedsrum": "havnen", "Ord <!channel>": "forkert"})
        assert act.errors == {"field:words": "Det ord kendes ikke"}
        assert act.ack is not None
        assert act.ack.after < 2
        act = await asta.submits(view, {"Ord <!channel>": "rigtigt"})
        assert act.closed
        await shown(asta, room, "Overvåger")


async def test_what_is_wrong_with_all_of_it_stands_above_the_fields(either: Start, asta: Person, room: Channel) -> None:
    """And nothing that was filled in is lost."""
    async with either():
        view = await opened(asta, room)
        act = await asta.submits(view, {"Nyhedsrum": "havnen", "Hvornår": "daily", "Ord <!channel>": "umuligt"})
        assert act.screen is view
        assert "Det går slet ikke" in view.words
        act = await asta.submits(view, {"Ord <!channel>": "muligt"})
        assert act.closed
        assert LINES[-1].startswith('newsroom:"havnen" when:"daily"')


async def test_a_form_may_lead_to_another(either: Start, asta: Person, room: Channel) -> None:
    """In its place."""
    async with either():
        view = await opened(asta, room)
        act = await asta.submits(view, {"Nyhedsrum": "havnen", "Ord <!channel>": "igen"})
        assert act.screen is view
        assert view.title == "Trin to"
        assert (await asta.submits(view, {"Mere": "nok"})).closed
        assert LINES[-1] == 'more:"nok"'


async def test_a_button_opens_a_form_too(desk: Start, asta: Person, room: Channel) -> None:
    """Wherever it stands."""
    async with desk():
        view = await opened(asta, room)
        await asta.submits(view, {"Nyhedsrum": "havnen"})
        said = await shown(asta, room, "Overvåger")
        again = await (await asta.presses(said, "Overvåg")).opened()
        assert again.title.startswith("Overvåg")


async def test_where_no_modal_can_be_opened_the_answer_is_a_message(desk: Start, asta: Person, room: Channel) -> None:
    """A mention brings nothing to open one with."""
    async with desk():
        await asta.mentions("watch", room)
        await shown(asta, room, "Hvad skal overvåges?")


# Time -------------------------------------------------------------------------------------------------------------------


async def test_a_slow_database_delays_no_modal(either: Start, asta: Person, room: Channel, tmp_path: Path) -> None:
    """Its trigger is good for three seconds: it opens, and is filled in when there is something to fill in."""
    async with either():
        async with locked(tmp_path):
            view = await opened(asta, room)
            assert view.words == "Et øjeblik …"
        await until(lambda: view.controls)
        assert (await asta.submits(view, {"Nyhedsrum": "havnen"})).closed


async def test_a_slow_database_delays_no_acknowledgement(either: Start, asta: Person, room: Channel, tmp_path: Path) -> None:
    """The modal waits, then says what came of it, and so does the channel."""
    async with either():
        view = await opened(asta, room)
        async with locked(tmp_path):
            act = await asta.submits(view, {"Nyhedsrum": "havnen"})
            assert act.ack is not None
            assert act.ack.after < 2
            assert act.screen is view
            assert view.words == "Et øjeblik …"
        await until(lambda: "Overvåger for #redaktionen" in view.words)
        assert (await shown(asta, room, "Overvåger")).to is None


async def test_faults_that_come_late_stand_below_their_fields(either: Start, asta: Person, room: Channel, tmp_path: Path) -> None:
    """With all that was filled in."""
    async with either():
        view = await opened(asta, room)
        async with locked(tmp_path):
            await asta.submits(view, {"Nyhedsrum": "havnen", "Slags": ["Nyhed"], "Ord <!channel>": "forkert"})
        await until(lambda: "Det ord kendes ikke" in view.words)
        act = await asta.submits(view, {"Ord <!channel>": "rigtigt"})
        assert act.closed
        assert LINES[-1] == 'newsroom:"havnen" when:"now" kinds:"a" hour:"8" many:"" words:"rigtigt"'


async def test_a_modal_that_was_closed_meanwhile_costs_no_answer(desk: Start, asta: Person, room: Channel, tmp_path: Path) -> None:
    """It is said where it was asked for."""
    async with desk():
        view = await opened(asta, room)
        async with locked(tmp_path):
            await asta.submits(view, {"Nyhedsrum": "havnen", "Ord <!channel>": "hemmeligt"})
            await asta.closes(view)
        assert (await shown(asta, room, "Overvåger")).to is asta.user


async def test_what_is_looked_for_is_offered_in_time(
    either: Start, asta: Person, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the database does: what is known from before, as far as it fits, or nothing."""
    async with either():
        view = await opened(asta, room)
        known = [one["text"]["text"] for one in await asta.searches(view, "Nyhedsrum", "")]
        assert known[:2] == ["Alle nyhedsrum", "Havnen"]
        assert [one["value"] for one in await asta.searches(view, "Nyhedsrum", "havn")][:1] == ["havnen"]

        async def slow(*_: Any) -> Sequence[Choice]:
            await asyncio.sleep(30)
            return []

        monkeypatch.setattr("bot.commands.router.newsrooms", slow)
        began = asyncio.get_running_loop().time()
        assert [one["value"] for one in await asta.searches(view, "Nyhedsrum", "havne")][:1] == ["havnen"]
        assert await asta.searches(view, "Nyhedsrum", "qqq") == []
        assert asyncio.get_running_loop().time() - began < 4


async def test_a_restart_between_opening_and_sending(either: Start, asta: Person, room: Channel) -> None:
    """The modal carries all that it takes; what is too long for it lies in the database."""
    async with either():
        view = await opened(asta, room)
    async with either():
        filled = {"Nyhedsrum": "havnen", "Slags": ["Indbydelse"]}
        assert (await asta.submits(view, filled)).closed
        assert "#redaktionen" in (await shown(asta, room, "Overvåger")).words
        assert LONG in LINES[-1]


# Permission -------------------------------------------------------------------------------------------------------------


async def test_who_may_not_configure_gets_no_form(
    either: Start, api: SlackApi, asta: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor can they send one that was opened while they still might."""
    monkeypatch.setattr("adapters.slack.managers.BELIEVED", 0.0)
    monkeypatch.setattr("adapters.slack.managers.FRESH", 0.0)
    guest, owner = api.user("Gæst En", guest="multi"), api.user("Ove Ejer", owner=True)
    room = api.channel("ledelsen", creator=owner, bot=True, members=[asta, guest])
    async with either():
        act = await guest.runs("/presse watch", room)
        assert "kun den, der bestyrer" in (await act.answer()).words
        assert not act.views
        view = await opened(asta, room)
        asta.user.admin = False
        await asta.submits(view, {"Nyhedsrum": "havnen"})
        assert "kun den, der bestyrer" in view.words
        assert LINES == []


async def test_strangers_of_a_shared_channel_get_no_form(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """Slack Connect: whatever they are at home."""
    elsewhere = api.add_workspace("Ugens Nyt")
    stranger = api.user("Siv Fremmed", workspace=elsewhere, admin=True)
    await asta.shares_channel(room, elsewhere)
    room.members[stranger.id] = stranger.user
    async with desk(SLACK_WHO_MANAGES="everyone"):
        view = await opened(asta, room)
        await asta.submits(view, {"Nyhedsrum": "havnen"})
        said = await shown(asta, room, "Overvåger")
        act = await stranger.presses(said, "Overvåg")
        assert "bestyrer" in (await act.answer()).words
        assert not act.views


# The bot's own ----------------------------------------------------------------------------------------------------------


async def test_the_settings_of_a_subscription(either: Start, asta: Person, room: Channel) -> None:
    """What does not fit is said below its field; a filter is tried before it is saved, all in the same modal."""
    async with either() as desk:
        await desk.publish(1, "Kajen åbner")
        await (await asta.runs("/presse subscribe havnen", room)).answer()
        act = await asta.runs("/presse abonnement havnen", room)
        view = await act.opened()
        act = await asta.submits(view, {"field:ping": "ikke et navn!", "field:frequency": "daily"})
        assert set(act.errors) == {"field:ping"}
        await asta.submits(view, {"field:ping": "", "field:filter": "kajen"})
        assert "Det ville have fanget 1 pressemeddelelse på 90 dage" in view.words
        assert "Kajen åbner" in view.words
        assert "ikke gemt endnu" in view.words
        await asta.presses(view, "Gem")
        await until(lambda: "Gemt: " in view.words)
        assert "Filter: kajen" in view.words
        assert "Hvornår: dagligt" in view.words
        assert len(room.posts) == 1


async def test_subscribing_by_a_form(either: Start, asta: Person, room: Channel) -> None:
    """To what, when and which releases; what is wrong is said in place, and what came of it in the channel."""
    async with either() as desk:
        await (await asta.runs("/presse subscribe havnen", room)).answer()
        view = await (await asta.runs("/presse abonner", room)).opened()
        act = await asta.submits(view, {"field:newsroom": "energinet", "field:filter": "-", "field:frequency": "daily"})
        assert set(act.errors) == {"field:filter"}
        assert (await asta.submits(view, {"field:filter": "kabel", "field:kinds": ["news"]})).closed
        said = await shown(asta, room, "Abonnementet på Energinet er oprettet")
        assert "Hvornår: dagligt" in said.words
        found = await desk.destination(room)
        assert found is not None
        async with desk.bot.database.read() as tx:
            made = {each.newsroom.slug: each.options for each in await tx.destinations.subscriptions(found.id) if each.newsroom}
        assert (made["energinet"].frequency.value, made["energinet"].filter) == ("daily", "kabel")
        assert [kind.value for kind in made["energinet"].kinds] == ["news"]


async def test_subscribing_by_a_form_tries_its_filter(either: Start, asta: Person, room: Channel) -> None:
    """In the same modal, on what there is of the newsroom; nothing is changed before the button is pressed."""
    async with either() as desk:
        await (await asta.runs("/presse subscribe havnen", room)).answer()
        await desk.publish(1, "Kajen åbner")

        async def filtered() -> str:
            found = await desk.destination(room)
            assert found is not None
            async with desk.bot.database.read() as tx:
                (made,) = await tx.destinations.subscriptions(found.id)
            return made.options.filter

        view = await (await asta.runs("/presse abonner", room)).opened()
        await asta.submits(view, {"field:newsroom": "havnen", "field:filter": "kajen"})
        assert "Det ville have fanget 1 pressemeddelelse på 90 dage" in view.words
        assert await filtered() == ""
        await asta.presses(view, "Gem")
        await until(lambda: "Gemt: Filter: kajen" in view.words)
        assert await filtered() == "kajen"
