"""Files on their way in: what /export sent is sent back with /import."""

from __future__ import annotations

import json

from bot.domain.options import Length
from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.features.slack_desk import SlackDesk, Start, post, until
from tests.features.test_importing import TOO_LARGE


async def exported(desk: SlackDesk, asta: Person) -> bytes:
    """What somebody's own settings are as a file."""
    await desk.subscribe(asta)
    await asta.says("settings length:full")
    await post(asta.dm, "Gemt")
    await asta.says("export")
    files = desk.api.world.files
    await until(lambda: [each for each in files.values() if asta.dm.id in each.channels])
    return next(each.body for each in files.values() if each.name.endswith(".json"))


async def test_slack_what_is_exported_is_imported_elsewhere(desk: Start, api: SlackApi, asta: Person) -> None:
    """With a mention in a channel, and directly; in a channel that is shared with others the file is asked for first."""
    room = api.channel("redaktionen", creator=asta, bot=True)
    shared = api.channel("faelles", creator=asta, bot=True, shared_with=[api.add_workspace("Bladet")])
    async with desk() as bot:
        content = await exported(bot, asta)
        for channel in (room, shared):
            await asta.sends("noget.txt", content, f"<@{asta.bot.id}> import", channel)
            await post(channel, "Importeret:")
            here = await bot.destination(channel)
            assert here is not None
            assert here.options.length is Length.FULL
            assert await bot.subscriptions(channel) == 1
        birk = api.user("Birk Lund")
        await birk.sends("settings.json", content, "import")
        await post(birk.dm, "Importeret:")
        assert await bot.subscriptions(birk) == 1
    assert len(api.asked("files.info")) == 1


async def test_slack_says_what_is_wrong_with_a_file(desk: Start, api: SlackApi, asta: Person) -> None:
    """Too large, neither format, gone, or an app that was installed before it might read files; each with what to do."""
    async with desk():
        await asta.sends("stor.json", TOO_LARGE, "import")
        await post(asta.dm, "Jeg tager højst 1 MB")
        await asta.sends("tal.csv", b"1;2;3", "import")
        await post(asta.dm, "hverken JSON")
        token = api.world.tokens[api.token]
        token.scopes = frozenset(token.scopes) - {"files:read"}
        await asta.sends("settings.json", b"{}", "import")
        await post(asta.dm, "En administrator skal installere mig igen")
        token.scopes = token.scopes | {"files:read"}
        before = {*api.world.files}
        real = api.files.fetched
        api.files.fetched = lambda *_: (404, b"", "text/html")  # type: ignore[method-assign]
        await asta.sends("settings.json", b"{}", "import")
        await post(asta.dm, "Filen er der ikke længere")
        api.files.fetched = real  # type: ignore[method-assign]
        assert len({*api.world.files} - before) == 1


async def test_slack_token_goes_to_slack_alone(desk: Start, api: SlackApi, asta: Person) -> None:
    """A file that lies elsewhere, as external files do, is not asked for."""
    async with desk():
        channel: Channel = asta.dm
        file = api.files.sent(asta.user, "settings.json", json.dumps({}).encode(), channel)
        told = file.json() | {"url_private": "http://localhost:9/x", "url_private_download": ""}
        message = api.world.post(channel, asta.user, text="import", subtype="file_share", files=[told])
        api.events.message(message)
        await post(channel, "kan ikke hentes lige nu")
