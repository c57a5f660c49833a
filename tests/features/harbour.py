"""What the harbour's newsroom puts out, and what of it is owed: for desks whose releases are written by the test."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.alerts.fanout import owe_alerts, owe_corrections
from bot.app import Bot
from bot.domain.contact import Contact, Phone
from bot.domain.prose import paragraphs
from bot.domain.release import Content, Document, Kind, ParsedRelease, Picture, ReleaseId

DESK = Contact(role="pressevagten", phones=(Phone("+4533112233", note="ikke SMS"),), emails=("presse@havnen.example",))
INVITATION: dict[str, Any] = {
    "lead": "Havnen inviterer pressen.",
    "body": paragraphs("Tid: 3. juni 2035 kl. 10.00-11.00\nSted: Kaj 3"),
    "kind": Kind.INVITATION,
}


async def publish(bot: Bot, number: int, title: str, *, known_as: str = "", **content: Any) -> ReleaseId:
    """The newsroom puts a release out; who subscribes is owed an alert. `known_as`: its id in the feed, unless the number."""
    values = {"lead": "Skibe kan lægge til fra mandag.", "language": "da", "kind": Kind.PRESS_RELEASE, "contacts": (DESK,)}
    said = Content(title, **({"url": f"https://havnen.example/{number}"} | values | content))
    now = bot.clock.now()
    async with bot.database.begin() as tx:
        newsroom = next(each for each in await tx.newsrooms.all() if each.slug == "havnen")
        feed = (await tx.feeds.of(newsroom.id))[0]
        name = known_as or str(number)
        ids = await tx.releases.add(feed, [ParsedRelease(name, said, now)], now=now, late=())
        await owe_alerts(tx, newsroom.id, [(ids[name], 1)], now, any_late=False)
    return ids[name]


async def correct(bot: Bot, release_id: ReleaseId, **content: Any) -> None:
    """The newsroom corrects it."""
    now = bot.clock.now()
    async with bot.database.begin() as tx:
        release = await tx.releases.get(release_id)
        assert release is not None
        revised = replace(release.content(), **content)
        revision = await tx.releases.revise(release_id, revised, now=now, correction=True)
        await owe_corrections(tx, release.newsroom.id, [(release_id, revision)], now)


async def invite(bot: Bot, picture: str) -> ReleaseId:
    """The newsroom invites the press, in Danish and in English, with all that a release may have; it wrote of the matter before."""
    now = bot.clock.now()
    person = Contact(name="Freja Holmsted", role="havnefoged", phones=(Phone("+4520304050"),), emails=("freja@havnen.example",))
    former = Contact(name="Bo Berg", phones=(Phone("+4520999999"),))
    lead = "Klausuleret til den 3. juni 2035 kl. 10.00. Havnen inviterer pressen til Sundkajen."
    danish = Content("Sundkajen åbnes af havneministeren", language="da", **(INVITATION | {"lead": lead}))
    danish = replace(danish, url="https://havnen.example/1", contacts=(person, DESK))
    danish = replace(danish, pictures=(Picture(picture, "Kajen set fra havnen", "Foto: Maja Lind"),))
    danish = replace(danish, documents=(Document("https://havnen.example/plan.pdf", "Plan over kajen"),))
    english = Content("The minister opens Sund Quay", lead="The press is invited.", language="en", kind=Kind.INVITATION)
    before = Content("Sundkajen bygges af havneministeren", language="da", contacts=(former,))
    async with bot.database.begin() as tx:
        newsroom = next(each for each in await tx.newsrooms.all() if each.slug == "havnen")
        feed = (await tx.feeds.of(newsroom.id))[0]
        old = ParsedRelease("0", before, now - timedelta(days=600))
        both = [ParsedRelease("1", said, now) for said in (danish, english)]
        ids = await tx.releases.add(feed, [old, *both], now=now, late=())
        await owe_alerts(tx, newsroom.id, [(ids["1"], 1)], now, any_late=False)
    return ids["1"]
