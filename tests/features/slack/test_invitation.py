"""A journey on Slack: all that a journalist on deadline needs of one invitation, from its alert on."""

from __future__ import annotations

from tests.fakes.slack_api import Channel, Message, Person
from tests.features import harbour
from tests.features.slack_desk import Start, post


def in_order(message: Message, *words: str) -> bool:
    """Whether a message says these one after the other."""
    places = [message.words.find(each) for each in words]
    return -1 not in places and places == sorted(places)


async def test_all_that_is_needed_of_an_invitation(desk: Start, asta: Person, room: Channel) -> None:
    """One alert for both languages, the embargo first; whom to call, and all else, on demand."""
    async with desk() as bot:
        await bot.subscribe(asta, room)
        release = await harbour.invite(bot.bot, "https://havnen.example/kaj.jpg")
        alert = await post(room, "Sundkajen")
        await bot.settled(alert)
        assert in_order(
            alert, "Presseinvitation", "⚠️ Klausuleret til", "Tid: 3. juni 2035", "Sted: Kaj 3", "Pressevagten", "Freja Holmsted"
        )
        assert [one.words for one in room.posts if "Sund Quay" in one.words] == [], "the other language is no other alert"
        said = {button: await (await asta.presses(alert, button)).answer() for button in ("English", "Dokumenter", "Kontakt")}
        assert in_order(said["English"], "The minister opens Sund Quay", "⚠️ Klausuleret til den 3. juni 2035 kl. 10.00.")
        assert "Plan over kajen" in said["Dokumenter"].words
        assert in_order(
            said["Kontakt"],
            "Pressevagten",
            "+45 33 11 22 33 (ikke SMS)",
            "presse@havnen.example",
            "nævnt i denne pressemeddelelse",
            "Freja Holmsted, havnefoged",
        )
        assert "Bo Berg" not in said["Kontakt"].words
        known = await (await asta.runs("/presse kontakt havnen", room)).answer()
        assert in_order(
            known, "Pressevagten", "Freja Holmsted", "Måske forældet", "Bo Berg", "fra »Sundkajen bygges af havneministeren«"
        )
        pictures = await (await asta.runs(f"/presse release id:{release} pictures", room)).answer()
        assert in_order(pictures, "Billede 1: Kajen set fra havnen", "Foto: Maja Lind")
        related = await (await asta.runs(f"/presse release id:{release} related", room)).answer()
        assert in_order(related, "Tidligere om samme sag", "Sundkajen bygges af havneministeren")
