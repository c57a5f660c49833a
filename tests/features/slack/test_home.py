"""Journeys on Slack: App Home, by Socket Mode and by HTTP."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.commands.registry import COMMANDS
from bot.domain.card import Button
from bot.domain.newsroom import NewsroomEntry
from tests.fakes.slack_api import Channel, Person, SlackApi, View
from tests.features.slack.test_forms import WATCH
from tests.features.slack_desk import PUBLIC, SlackDesk, Start, desk_on, locked, until

CHANGES = {"Abonner", "Dæmp", "Afmeld", "Indstillinger"}
CHOOSER = "Vælg en kanal"


async def home(person: Person, words: str = "") -> View:
    """Somebody's Home, once it is published anew and says these words."""
    before = person.home.hash if person.home else ""
    await person.opens_home()
    return await now(person, before, words)


async def now(person: Person, before: str, words: str = "") -> View:
    """The same, once it is another than that of the hash `before`."""
    found: View = await until(lambda: (view := person.home) and view.hash != before and words in view.words and view)
    return found


async def chosen(person: Person, channel: Channel, words: str = "") -> View:
    """Somebody's Home, once they have chosen to see a channel."""
    view = await home(person)
    before = view.hash
    await person.selects(view, CHOOSER, channel.id)
    return await now(person, before, words)


def labels(view: View) -> set[str]:
    """What is on its buttons."""
    return {button.label for button in view.buttons}


async def add(bot: SlackDesk, count: int) -> None:
    """More newsrooms are offered."""
    async with bot.bot.database.begin() as tx:
        for number in range(count):
            entry = NewsroomEntry(f"havn-{number}", f"Havn nummer {number}", f"http://127.0.0.1:9/{number}", "DK", "da", "rss")
            await tx.newsrooms.ensure(entry, offered_by="operator", now=bot.bot.clock.now())


# What stands there ------------------------------------------------------------------------------------------------------


async def test_what_a_person_finds_there(either: Start, asta: Person) -> None:
    """Their subscriptions, the latest, whom to call."""
    async with either() as desk:
        await desk.publish(1, "Kajen åbner <!channel>")
        view = await home(asta, "Der er ingen abonnementer")
        assert "Kajen åbner <!channel>" in view.words
        assert view.pings == []
        await (await asta.runs("/presse subscribe havnen")).answer()
        view = await home(asta, "1 abonnement")
        assert "Kun til dig" in view.words
        assert labels(view) >= {"Dæmp", "Afmeld", "Seneste"}
        assert "+45 33 11 22 33" in view.words
        assert "Botten" not in view.words


async def test_a_channel_is_chosen_and_stays_chosen(either: Start, asta: Person, room: Channel) -> None:
    """Also after a restart: the view carries it."""
    async with either() as desk:
        await desk.subscribe(asta, room)
        view = await chosen(asta, room, "#redaktionen")
        assert "Alle nyhedsrum, der tilbydes her" in view.words
    async with either():
        view = await home(asta, "#redaktionen")
        assert "Alle nyhedsrum, der tilbydes her" in view.words


async def test_operators_see_how_the_bot_is(either: Start, api: SlackApi, asta: Person, birk: Person) -> None:
    """Which feeds fail, and why; nobody else does."""
    async with either(PRESSEVAGT_OPERATORS=f"slack:{api.workspace.id}/{birk.id}") as desk:
        async with asyncio.timeout(10):
            while "Feeds med fejl" not in (await home(birk, "Kun til dig")).words:
                await asyncio.sleep(0.05)
        assert "Feeds med fejl" not in (await home(asta)).words
        assert desk.bot


async def test_much_is_cut_to_what_slack_takes(desk: Start, asta: Person, room: Channel) -> None:
    """A hundred blocks, whatever is subscribed to."""
    async with desk() as bot:
        await add(bot, 30)
        for number in range(30):
            for where in (None, room):
                await (await asta.runs(f"/presse subscribe havn-{number}", where)).answer()
        for number in range(8):
            await bot.publish(number, "x" * 300)
        view = await chosen(asta, room, "og 22 flere")
        assert len(view.blocks) <= 100
        assert "+45 33 11 22 33" in view.words or "Seneste" in view.words


async def test_the_messages_tab_is_no_home(desk: Start, api: SlackApi, asta: Person) -> None:
    """Nothing is published for it."""
    async with desk():
        await asta.opens_messages()
        await api.settled()
        assert api.asked("views.publish") == []


# Acting -----------------------------------------------------------------------------------------------------------------


async def test_buttons_act_and_home_is_shown_anew(either: Start, asta: Person, room: Channel) -> None:
    """Muted, heard again, ended, taken back: each is said at the top, and in no channel."""
    async with either() as desk:
        await (await asta.runs("/presse subscribe havnen", room)).answer()
        said = len(room.posts)
        view = await chosen(asta, room, "1 abonnement")
        before = view.hash
        await asta.presses(view, "Dæmp")
        view = await now(asta, before, "dæmpet")
        before = view.hash
        await asta.presses(view, "Slå til igen" if "Slå til igen" in labels(view) else "Ophæv dæmpning")
        view = await now(asta, before)
        before = view.hash
        await asta.presses(view, "Afmeld")
        view = await now(asta, before, "Der er ingen abonnementer")
        assert await desk.subscriptions(room) == 0
        before = view.hash
        await asta.presses(view, "Fortryd")
        await now(asta, before, "1 abonnement")
        assert await desk.subscriptions(room) == 1
        assert len(room.posts) == said


async def test_what_a_person_and_a_channel_subscribe_to_is_kept_apart(desk: Start, asta: Person, room: Channel) -> None:
    """Each button is about where it stands."""
    async with desk() as bot:
        for where in (None, room):
            await (await asta.runs("/presse subscribe havnen", where)).answer()
        view = await chosen(asta, room, "#redaktionen")
        mine = [button for button in view.buttons if button.label == "Afmeld" and room.id not in button.block_id]
        before = view.hash
        await asta.presses(view, mine[0].action_id)
        await now(asta, before, "Der er ingen abonnementer")
        assert (await bot.subscriptions(asta), await bot.subscriptions(room)) == (0, 1)


async def test_searching(either: Start, asta: Person) -> None:
    """What is found stands in Home, in pages, with a way back."""
    async with either() as desk:
        for number in range(1, 9):
            await desk.publish(number, f"Kaj nummer {number} åbner")
        view = await home(asta)
        before = view.hash
        await asta.enters(view, "Søg i pressemeddelelser", "kaj")
        view = await now(asta, before, "8 pressemeddelelser")
        before = view.hash
        await asta.presses(view, "Flere ▸")
        view = await now(asta, before, "Side 2 af 2")
        release = await (await asta.presses(view, "7")).opened()
        assert "Skibe kan lægge til fra mandag." in release.words
        await asta.presses(view, "Luk søgningen")
        await until(lambda: asta.home and "Kun til dig" in asta.home.words)


async def test_what_is_only_looked_at_opens_on_top(either: Start, asta: Person) -> None:
    """A release, and more of them, in a modal that leads on."""
    async with either() as desk:
        for number in range(1, 9):
            await desk.publish(number, f"Kaj nummer {number} åbner")
        view = await home(asta, "Kaj nummer 8")
        listed = await (await asta.presses(view, "Flere ▸")).opened()
        assert "Kaj nummer 4" in listed.words
        await asta.presses(listed, "Flere ▸")
        await until(lambda: "Side 2 af 2" in listed.words)
        menu = next(control for control in view.controls if control.kind == "static_select")
        release = await (await asta.selects(view, menu.action_id, menu.options[0]["value"])).opened()
        assert "Kaj nummer 8" in release.words


async def test_a_slow_database_loses_nothing(desk: Start, asta: Person, tmp_path: Path) -> None:
    """The press is acknowledged at once, and done when it can be."""
    async with desk() as bot:
        await (await asta.runs("/presse subscribe havnen")).answer()
        view = await home(asta, "1 abonnement")
        before = view.hash
        async with locked(tmp_path):
            act = await asta.presses(view, "Afmeld")
            assert act.ack is not None
            assert act.ack.after < 1
        await now(asta, before, "Der er ingen abonnementer")
        assert await bot.subscriptions(asta) == 0


# Several at once --------------------------------------------------------------------------------------------------------


async def test_an_older_view_takes_the_place_of_no_newer_one(desk: Start, api: SlackApi, asta: Person) -> None:
    """Home that was opened before something changed, and is published after that, is left as it is."""
    async with desk() as bot:
        await (await asta.runs("/presse subscribe havnen")).answer()
        view = await home(asta, "1 abonnement")
        before = view.hash
        api.fault("views.publish", delay=0.5)
        await asta.opens_home()
        await until(lambda: len(api.deliveries.named("app_home_opened")) == 2)
        await asta.presses(view, "Afmeld")
        await now(asta, before, "Der er ingen abonnementer")
        await api.settled()
        await asyncio.sleep(0.7)
        assert asta.home is not None
        assert "Der er ingen abonnementer" in asta.home.words
        assert await bot.subscriptions(asta) == 0


async def test_what_another_process_published_is_not_overwritten_blindly(desk: Start, api: SlackApi, asta: Person) -> None:
    """Home is looked up once more, so that it shows what both of them changed."""
    async with desk() as bot:
        await add(bot, 1)
        for words in ("havnen", "havn-0"):
            await (await asta.runs(f"/presse subscribe {words}")).answer()
        view = await home(asta, "2 abonnementer")
        published = next(call.params["view"] for call in api.asked("views.publish"))
        client = await bot.adapter.workspaces.client_for(api.workspace.id)
        await client.views_publish(user_id=asta.id, view=published)
        before = view.hash
        await asta.presses(view, "Afmeld")
        await now(asta, before, "1 abonnement")
        assert [call.error for call in api.asked("views.publish") if call.error] == ["hash_conflict"]


async def test_what_another_process_published_since_it_was_opened_stays(desk: Start, api: SlackApi, asta: Person) -> None:
    """Whoever opened it is shown the newer one already."""
    async with desk() as bot:
        view = await home(asta, "Kun til dig")
        opened = {"type": "app_home_opened", "user": asta.id, "tab": "home", "channel": asta.dm.id, "view": view.json()}
        client = await bot.adapter.workspaces.client_for(api.workspace.id)
        newer = {"type": "home", "blocks": [{"type": "divider"}]}
        await client.views_publish(user_id=asta.id, view=newer)
        api.events.tell(opened, api.installation, api.workspace)
        await until(lambda: [call for call in api.asked("views.publish") if call.error == "hash_conflict"])
        assert [block["type"] for block in view.blocks] == ["divider"]


async def test_many_opens_at_once_end_well(desk: Start, api: SlackApi, asta: Person) -> None:
    """One view stands, and no rule is broken."""
    async with desk():
        await asyncio.gather(*(asta.opens_home() for _ in range(10)))
        await until(lambda: asta.home)
        await api.settled()
        assert "Kun til dig" in (await home(asta)).words


# Who sees what ----------------------------------------------------------------------------------------------------------


async def test_who_may_not_configure_a_channel_may_look(either: Start, asta: Person, birk: Person, room: Channel) -> None:
    """Without the buttons that change it."""
    async with either() as desk:
        await (await asta.runs("/presse subscribe havnen", room)).answer()
        view = await chosen(birk, room, "1 abonnement")
        about = {button.label for button in view.buttons if room.id in button.block_id}
        assert "Seneste" in about
        assert about & CHANGES == set()
        view = await chosen(asta, room, "1 abonnement")
        assert {button.label for button in view.buttons if room.id in button.block_id} >= {"Dæmp", "Afmeld", "Abonner"}
        assert desk


async def test_a_private_channel_is_its_members_own(either: Start, api: SlackApi, asta: Person, birk: Person) -> None:
    """Whoever is not in it, or no longer, learns nothing of it; whoever is may look."""
    closed = api.channel("ledelsen", creator=asta, private=True, bot=True)
    async with either() as desk:
        await (await asta.runs("/presse subscribe havnen", closed)).answer()
        view = await chosen(birk, closed, "vises for dem, der er med")
        assert "ledelsen" not in view.words
        assert "Afmeld" not in labels(view)
        closed.members[birk.id] = birk.user
        await asyncio.sleep(2.1)  # within two seconds Slack is not asked again
        view = await home(birk, "1 abonnement")
        del closed.members[birk.id]
        await asyncio.sleep(2.1)
        listed = next(button for button in view.buttons if closed.id in button.block_id)
        before = view.hash
        await birk.presses(view, listed.action_id)
        await now(birk, before, "vises for dem, der er med")
        assert birk.screen is None
        assert await desk.subscriptions(closed) == 1


async def test_a_channel_that_we_are_not_in_is_nobodys_to_see(desk: Start, api: SlackApi, asta: Person) -> None:
    """Slack does not tell who is in it."""
    closed = api.channel("ledelsen", creator=asta, private=True)
    async with desk():
        await chosen(asta, closed, "vises for dem, der er med")


async def test_guests_see_the_channels_that_they_are_in(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """And no other, though it is open to everybody of the workspace."""
    guest = api.user("Gæst En", guest="multi")
    async with desk() as bot:
        await bot.subscribe(asta, room)
        await chosen(guest, room, "vises for dem, der er med")
        room.members[guest.id] = guest.user
        await asyncio.sleep(2.1)
        view = await home(guest, "#redaktionen")
        assert {button.label for button in view.buttons if room.id in button.block_id} & CHANGES == set()


async def test_no_workspace_sees_anothers(api: SlackApi, asta: Person, tmp_path: Path) -> None:
    """Neither what it subscribes to nor what it alone added."""
    async with SlackApi(installed=False) as slack:
        slack.app.redirects = [PUBLIC]
        one, other = slack.user("Asta Holm", admin=True), slack.user("Siv Berg", workspace=slack.add_workspace("Ugens"), admin=True)
        async with desk_on(slack, tmp_path, oauth=True) as bot:
            for person in (one, other):
                await person.installs(bot.install_url)
            await bot.publish(1, "Kajen åbner")
            await (await one.runs("/presse subscribe havnen")).answer()
            async with bot.bot.database.begin() as tx:
                await tx.newsrooms.withdraw_others("settings", keep=())
            assert "Kajen åbner" in (await home(one, "1 abonnement")).words
            view = await home(other, "Der er ingen abonnementer")
            assert "Kajen åbner" not in view.words
            assert "Havnen" not in view.words
        assert slack.violations == []


# Forms ------------------------------------------------------------------------------------------------------------------


async def test_what_home_asks_is_asked_in_a_modal(
    either: Start, asta: Person, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent, Home says what came of it and shows it."""
    monkeypatch.setattr("bot.commands.router.COMMANDS", (*COMMANDS, WATCH))
    async with either() as desk:
        await (await asta.runs("/presse subscribe havnen", room)).answer()
        monkeypatch.setattr("bot.cards.home.Button", _watching)
        view = await chosen(asta, room, "1 abonnement")
        button = next(each for each in view.buttons if each.label == "Abonner" and room.id in each.block_id)
        before, said = view.hash, len(room.posts)
        form = await (await asta.presses(view, button.action_id)).opened()
        assert (await asta.submits(form, {"Nyhedsrum": "havnen"})).closed
        await now(asta, before, "Overvåger for #redaktionen")
        assert len(room.posts) == said
        assert desk


def _watching(label: str, command: str = "", url: str = "") -> Button:
    """A button, of which that to subscribe asks by a form."""
    return Button(label, "/watch" if command == "/subscribe" else command, url)


async def test_settings_in_home(desk: Start, asta: Person, room: Channel) -> None:
    """Of a channel's subscription: the modal says what was saved, and Home is shown anew behind it."""
    async with desk() as bot:
        await (await asta.runs("/presse subscribe havnen", room)).answer()
        view = await chosen(asta, room, "1 abonnement")
        button = next(one for one in view.buttons if one.value.startswith("/subscription ") and room.id in one.block_id)
        form = await (await asta.presses(view, button.action_id)).opened()
        before = view.hash
        await asta.submits(form, {"field:frequency": "daily"})
        await until(lambda: "Hvornår: dagligt" in form.words)
        await now(asta, before, "#redaktionen")
        found = await bot.destination(room)
        assert found is not None
        async with bot.bot.database.read() as tx:
            assert [each.options.frequency.value for each in await tx.destinations.subscriptions(found.id)] == ["daily"]


async def test_where_no_modal_can_be_opened_home_says_it(desk: Start, api: SlackApi, asta: Person) -> None:
    """Nothing that was asked goes without an answer."""
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        view = await home(asta, "Kajen åbner")
        api.fault("views.open", error="expired_trigger_id")
        before = view.hash
        menu = next(control for control in view.controls if control.kind == "static_select")
        await asta.selects(view, menu.action_id, menu.options[0]["value"])
        await now(asta, before, "Skibe kan lægge til fra mandag.")
