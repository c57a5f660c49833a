"""/why: stage by stage, what became of a release in a conversation, and what did not; and how fast it goes."""

from __future__ import annotations

import ast
import inspect
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from bot.alerts import compose, corrections
from bot.alerts.composition import GONE
from bot.alerts.fanout import owe_alerts
from bot.alerts.wants import Rule
from bot.cards.why import REASONS, RULES
from bot.domain.delivery import DeliveryKind, DeliveryState, Owed, Settlement
from bot.domain.release import ReleaseId
from bot.domain.subscription import Address
from tests.features.newsdesk import HERE, NOW, READER, Newsdesk, newsdesk, release, release_id, words_of

SANCTIONS = "Nye sanktioner mod Rusland"
MINUTE = timedelta(minutes=1)
ELSEWHERE = Address("telegram", "presse_bot", "200")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsdesk]:
    """A small installation as of its first poll."""
    made = await newsdesk(tmp_path)
    yield made
    await made.database.close()


async def found(desk: Newsdesk, number: int, title: str) -> ReleaseId:
    """A release of the ministry that was published two minutes ago and is found now."""
    now = desk.clock.time
    async with desk.database.begin() as tx:
        newsroom = next(each for each in await tx.newsrooms.all() if each.slug == "udenrigsministeriet")
        (feed,) = await tx.feeds.of(newsroom.id)
        parsed = release(number, title, ago=NOW - now + 2 * MINUTE)
        return (await tx.releases.add(feed, [parsed], now=now, late=()))[str(number)]


async def owed(desk: Newsdesk, about: ReleaseId, *, until: datetime | None = None, why: Mapping[str, str] | None = None) -> None:
    """An alert that the conversation is owed."""
    async with desk.database.begin() as tx:
        here = await tx.destinations.find(HERE)
        assert here is not None
        alert = Owed(here.id, DeliveryKind.ALERT, f"alert:{about}:1", about, 1, payload=why or {}, held_until=until)
        await tx.outbox.owe([alert], desk.clock.time)


async def follows(desk: Newsdesk, about: ReleaseId | None, what: str, kind: DeliveryKind = DeliveryKind.FOLLOW_UP) -> None:
    """Something else that the conversation is owed: more about a release, or a digest."""
    async with desk.database.begin() as tx:
        here = await tx.destinations.find(HERE)
        assert here is not None
        payload = {"more": what} if about else {}
        await tx.outbox.owe([Owed(here.id, kind, f"{what}:{about}", about, 1 if about else 0, payload=payload)], desk.clock.time)


async def settled(desk: Newsdesk, state: DeliveryState, reason: str = "", **more: object) -> None:
    """What became of the alert that is due."""
    async with desk.database.begin() as tx:
        account = await tx.outbox.register(HERE.platform, HERE.account)
        await tx.outbox.own(account, "test", desk.clock.time, MINUTE)
        (delivery,) = (await tx.outbox.claim(account, "test", desk.clock.time, 10)).deliveries
        shows = ((delivery.release_id, 1),) if state is DeliveryState.SENT and delivery.release_id else ()
        outcome = Settlement(
            delivery.id,
            delivery.destination.id,
            state,
            desk.clock.time,
            reason,
            **{"reference": "55" if shows else "", "shows": shows} | more,  # type: ignore[arg-type]
        )
        await tx.outbox.settle("test", [outcome])


# What was sent ----------------------------------------------------------------------------------------------------------


async def test_a_release_that_was_sent_tells_each_stage_with_its_time(desk: Newsdesk) -> None:
    """By number, by id, and in reply to the alert."""
    await desk.ask("/subscribe um")
    desk.clock.time += 10 * MINUTE
    about = await found(desk, 50, "Ny ambassade i Nuuk")
    await owed(desk, about, why={"why": "wanted"})
    desk.clock.time += timedelta(seconds=8)
    await settled(desk, DeliveryState.SENT)
    desk.clock.time += 60 * MINUTE
    words = await desk.words(f"/hvorfor id:{about}")
    for said in (
        "Sendt hertil i dag kl. 12.11.",
        "Udgivet: i dag kl. 12.09",
        "Fundet: i dag kl. 12.11, 2 minutter senere",
        "Abonnement: Udenrigsministeriet, siden i dag kl. 12.01",
        "Udenrigsministeriet: alt kommer",
        "Varsel: alt kommer; sat i kø i dag kl. 12.11; sendt i dag kl. 12.11, 8 sekunder efter at den blev fundet",
    ):
        assert said in words
    assert await desk.words("/why", reply_to="55") == words
    await desk.ask("/latest um")
    assert await desk.words("/why 1") == words
    assert "Skriv dens nummer" in await desk.words("/why")
    assert "Skriv dens nummer" in await desk.words("/why nuuk")


async def test_the_message_is_linked_to_where_it_stands(desk: Newsdesk) -> None:
    """By the platform's own address; what was not sent, or stands where messages have no addresses, has none."""
    await desk.ask("/subscribe um")
    about = await found(desk, 50, "Ny ambassade i Nuuk")
    await owed(desk, about)
    assert "Vis beskeden" not in await desk.words(f"/why id:{about}")
    await settled(desk, DeliveryState.SENT)
    words = await desk.words(f"/why id:{about}")
    assert "[Vis beskeden] https://chat.example/100/55" in words
    assert "under et sekund efter at den blev fundet" in words

    async def nowhere(_address: Address, _reference: str) -> str:
        return ""

    desk.router._link = nowhere
    assert "Vis beskeden" not in await desk.words(f"/why id:{about}")


async def test_each_message_about_it_is_led_to(desk: Newsdesk) -> None:
    """The alert, what was changed, the digest: in the order in which they came, the first of them and the newest."""
    await desk.ask("/subscribe um")
    about, other = await found(desk, 50, "Ny ambassade i Nuuk"), await found(desk, 51, "Ny konsul")
    both = ((about, 1), (other, 1))
    await owed(desk, about)
    await settled(desk, DeliveryState.SENT)
    await follows(desk, about, "whole")
    await settled(desk, DeliveryState.SENT, shows=(), reference="56")
    await follows(desk, about, "changes")
    await settled(desk, DeliveryState.SENT, shows=(), reference="57")
    desk.clock.time += MINUTE
    await follows(desk, None, "digest", DeliveryKind.DIGEST)
    await settled(desk, DeliveryState.SENT, shows=both, reference="58")
    words = await desk.words(f"/why id:{about}")
    assert [line for line in words.splitlines() if "https://chat.example/100/5" in line] == [
        "[Vis varslet] https://chat.example/100/55",
        "[Vis hele teksten] https://chat.example/100/56",
        "[Vis, hvad der blev ændret] https://chat.example/100/57",
        "[Vis overblikket] https://chat.example/100/58",
    ]
    assert "[Vis beskeden] https://chat.example/100/58" in await desk.words(f"/why id:{other}")
    for number in range(61, 67):
        await follows(desk, about, f"changes-{number}")
        await settled(desk, DeliveryState.SENT, shows=(), reference=str(number))
    words = await desk.words(f"/why id:{about}")
    assert [line.rpartition("/")[2] for line in words.splitlines() if "https://chat.example/100/" in line] == [
        *("55", "63", "64", "65", "66"),
    ]
    assert "[Vis, hvad der blev ændret (i dag kl. 12.02)] https://chat.example/100/63" in words


async def test_why_in_reply_to_a_digest_asks_which_release(desk: Newsdesk) -> None:
    """Each of them is a press away."""
    await desk.ask("/subscribe um")
    about, other = await found(desk, 50, "Ny ambassade i Nuuk"), await found(desk, 51, "Ny konsul")
    await follows(desk, None, "digest", DeliveryKind.DIGEST)
    await settled(desk, DeliveryState.SENT, shows=((about, 1), (other, 1)), reference="58")
    words = await desk.words("/why", reply_to="58")
    assert "Hvilken af disse pressemeddelelser?" in words
    assert f"[Ny ambassade i Nuuk] /why id:{about}" in words
    assert f"[Ny konsul] /why id:{other}" in words


async def test_what_is_asked_in_reply_to_a_digest_is_about_its_releases(desk: Newsdesk) -> None:
    """Whom to call is asked of one of them, and numbers are the digest's, whatever list was shown last."""
    await desk.ask("/subscribe um")
    about, other = await found(desk, 50, "Ny ambassade i Nuuk"), await found(desk, 51, "Ny konsul")
    await follows(desk, None, "digest", DeliveryKind.DIGEST)
    await settled(desk, DeliveryState.SENT, shows=((about, 1), (other, 1)), reference="58")
    choice = await desk.words("/contact vcard", reply_to="58")
    assert "Hvilken af disse pressemeddelelser?" in choice
    assert f"[Ny konsul] /contact release:{other} vcard" in choice
    await desk.ask("/latest københavns politi")
    assert "Ny konsul" in await desk.words("/contact 2", reply_to="58")
    assert "Ny ambassade i Nuuk" in await desk.words("/release 1", reply_to="58")
    assert "Fest i gaden" in await desk.words("/release 2")


async def test_what_is_asked_in_reply_to_a_follow_up_is_about_its_release(desk: Newsdesk) -> None:
    """What changed stands in a message of its own, which is the last that people read."""
    await desk.ask("/subscribe um")
    about = await found(desk, 50, "Ny ambassade i Nuuk")
    await owed(desk, about)
    await settled(desk, DeliveryState.SENT)
    await follows(desk, about, "changes")
    await settled(desk, DeliveryState.SENT, shows=(), reference="57")
    for line in ("/contact", "/why"):
        assert "Ny ambassade i Nuuk" in await desk.words(line, reply_to="57")


async def test_more_leads_to_what_an_alert_has_no_room_for(desk: Newsdesk) -> None:
    """For whoever asked alone, and no longer than a headline."""
    await desk.ask("/subscribe um")
    about = await release_id(desk, SANCTIONS)
    reply = await desk.ask(f"/release id:{about} more")
    assert reply.private
    words = words_of(reply.card)
    assert SANCTIONS in words
    assert "Danmark bakker op" not in words
    for command in (f"/release id:{about}", f"/release id:{about} related", f"/why id:{about}", "/settings"):
        assert f"] {command}\n" in f"{words}\n"


async def test_a_doubtful_and_a_failed_send_are_told(desk: Newsdesk) -> None:
    """How often it was tried, and why it was given up."""
    await desk.ask("/subscribe um")
    about = await found(desk, 50, "Ny ambassade i Nuuk")
    await owed(desk, about)
    assert "Den er på vej hertil." in await desk.words(f"/why id:{about}")
    await settled(desk, DeliveryState.PENDING, "no answer", ambiguous=True, due_at=desk.clock.time)
    assert "venter på at blive sendt (no answer); måske sendt to gange" in await desk.words(f"/why id:{about}")
    await settled(desk, DeliveryState.DEAD, "refused: chat is read-only")
    words = await desk.words(f"/why id:{about}")
    assert "Den kunne ikke sendes hertil og blev opgivet." in words
    assert "opgivet i dag kl. 12.01: refused: chat is read-only; 2 forsøg" in words


async def test_what_is_held_back_says_until_when_and_for_what(desk: Newsdesk) -> None:
    """And when the quiet hours end sooner, it comes sooner."""
    await desk.ask("/subscribe um")
    await desk.ask("/settings quiet:11-14")
    about = await found(desk, 50, "Ny ambassade i Nuuk")
    await owed(desk, about, until=NOW + 119 * MINUTE, why={"why": "wanted", "held": "held_quiet", "by": "1"})
    words = await desk.words(f"/why id:{about}")
    assert "Den er holdt tilbage til i dag kl. 14.00." in words
    assert "holdt tilbage til i dag kl. 14.00 (stilletid)" in words
    assert "1 varsel er holdt tilbage." in await desk.words("/settings")
    await desk.ask("/settings quiet:11-13")
    assert "holdt tilbage til i dag kl. 13.00 (stilletid)" in await desk.words(f"/why id:{about}")
    await desk.ask("/subscription um frequency:weekly")
    assert "holdt tilbage til 23. november 2026 kl. 8.00 (den venter på overblikket)" in await desk.words(f"/why id:{about}")
    await desk.ask("/undo")
    assert "holdt tilbage til i dag kl. 13.00 (stilletid)" in await desk.words(f"/why id:{about}")
    await desk.ask("/settings quiet:off")
    async with desk.database.begin() as tx:
        account = await tx.outbox.register(HERE.platform, HERE.account)
        assert await tx.outbox.release_held(account, desk.clock.time, 10) == 1
    await settled(desk, DeliveryState.SENT)
    assert "Sendt hertil i dag kl. 12.01." in await desk.words(f"/why id:{about}")


async def test_other_settings_leave_what_is_held_at_its_time(desk: Newsdesk) -> None:
    """The soonest of all subscriptions that brought it, and the whole text with its alert."""
    for line in ("/subscribe all", "/subscribe um", "/subscription all frequency:weekly", "/settings whole:on"):
        await desk.ask(line)
    await desk.ask("/subscription um filter:ambassade frequency:daily save:yes")
    about = await found(desk, 50, "Ny ambassade i Nuuk")
    async with desk.database.begin() as tx:
        newsroom = next(each for each in await tx.newsrooms.all() if each.slug == "udenrigsministeriet")
        await owe_alerts(tx, newsroom.id, [(about, 1)], desk.clock.time, any_late=False)

    async def held() -> set[datetime]:
        async with desk.database.begin() as tx:
            here = await tx.destinations.find(HERE)
            assert here is not None
            waiting = await tx.outbox.waiting(here.id)
        assert len(waiting) == 2
        return {each.until for each in waiting}

    saturday = datetime(2026, 11, 21, 7, tzinfo=UTC)
    assert await held() == {saturday}
    await desk.ask("/settings picture:off")
    assert await held() == {saturday}
    await desk.ask("/settings digest:9")
    assert await held() == {saturday + 60 * MINUTE}
    await desk.ask("/unsubscribe um")
    await desk.ask("/settings picture:on")
    assert await held() == {datetime(2026, 11, 23, 8, tzinfo=UTC)}


# What was not -----------------------------------------------------------------------------------------------------------


async def test_what_no_subscription_brought_says_so(desk: Newsdesk) -> None:
    """None at all, none yet, or none any more."""
    early = await release_id(desk, SANCTIONS)
    assert "Intet abonnement her omfatter Udenrigsministeriet." in await desk.words(f"/why id:{early}", READER)
    desk.clock.time += MINUTE
    await desk.ask("/subscribe um")
    assert "Da den blev fundet, omfattede intet abonnement her Udenrigsministeriet." in await desk.words(f"/why id:{early}")
    desk.clock.time += MINUTE
    await desk.ask("/unsubscribe um")
    desk.clock.time += MINUTE
    later = await found(desk, 50, "Ny ambassade i Nuuk")
    words = await desk.words(f"/why id:{later}")
    assert "Da den blev fundet, omfattede intet" in words
    assert "opsagt i dag kl. 12.03" in words
    assert "Intet abonnement her" in await desk.words(f"/why id:{later}", address=ELSEWHERE)


async def test_what_came_while_it_was_muted_says_so(desk: Newsdesk) -> None:
    """From when until when."""
    await desk.ask("/subscribe um")
    await desk.ask("/mute um 1h")
    desk.clock.time += 5 * MINUTE
    about = await found(desk, 50, "Ny ambassade i Nuuk")
    desk.clock.time += 5 * MINUTE
    await desk.ask("/mute um off")
    words = await desk.words(f"/why id:{about}")
    assert "Den blev fundet, mens der var dæmpet." in words
    assert "siden i dag kl. 12.01, dæmpet fra i dag kl. 12.01 til i dag kl. 12.11" in words


async def test_what_a_filter_leaves_out_says_which_subscription_and_why(desk: Newsdesk) -> None:
    """By kind, language and words; what matches says so too."""
    await desk.ask("/subscribe um")
    await desk.ask("/subscribe all")
    await desk.ask("/subscription um filter:told save:yes")
    await desk.ask("/subscription all kinds:invitation")
    desk.clock.time += MINUTE
    about = await found(desk, 50, "Ny ambassade i Nuuk")
    words = await desk.words(f"/why id:{about}")
    assert "Den blev ikke sendt hertil: den er af en anden slags." in words
    assert "Alle nyhedsrum, der tilbydes her: den er af en anden slags" in words
    assert "Udenrigsministeriet: filteret udelader den" in words
    await desk.ask("/subscription um filter:ambassade save:yes")
    assert "Udenrigsministeriet: den passer til det, abonnementet omfatter" in await desk.words(f"/why id:{about}")


async def test_what_was_not_needed_any_more_says_why(desk: Newsdesk) -> None:
    """Unsubscribed in between, or out of what was wanted once all was known."""
    await desk.ask("/subscribe um")
    about = await found(desk, 50, "Ny ambassade i Nuuk")
    await owed(desk, about)
    await desk.ask("/unsubscribe um")
    assert "Den blev ikke sendt hertil: opsagt, før den blev sendt." in await desk.words(f"/why id:{about}")
    other = await found(desk, 51, "Ny konsul")
    await owed(desk, other)
    await settled(desk, DeliveryState.SKIPPED, "kept out: kind")
    assert "ikke nødvendig (den er af en anden slags)" in await desk.words(f"/why id:{other}")


async def test_a_release_that_may_not_be_spoken_of_has_no_story(desk: Newsdesk) -> None:
    """As for /release."""
    assert "ingen pressemeddelelse" in (await desk.words("/why id:4711")).lower()


def test_every_rule_has_words() -> None:
    """The card knows them by their codes."""
    assert set(RULES) == {rule.value for rule in Rule}


@pytest.mark.parametrize("module", [compose, corrections])
def test_every_reason_for_saying_nothing_of_a_release_has_words(module: ModuleType) -> None:
    """The card knows them by the words that are stored; those of broadcasts and of whole digests are nobody's to ask for."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(module))) if isinstance(node, ast.Call)]
    said = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Nothing"]
    reasons = {each.value for each in said if isinstance(each, ast.Constant)} | {GONE}
    others = {"the broadcast is not kept", "nothing that was held back is still to be told"}
    assert reasons - others <= set(REASONS), reasons


async def test_the_whole_text_that_followed_is_no_change(desk: Newsdesk) -> None:
    """It is called what it is, and why it did not come is said in the reader's language."""
    await desk.ask("/subscribe um")
    about = await found(desk, 50, "Ny ambassade i Nuuk")
    await owed(desk, about)
    await settled(desk, DeliveryState.SENT)
    await follows(desk, about, "whole")
    await settled(desk, DeliveryState.SKIPPED, "the alert says it all")
    words = await desk.words(f"/why id:{about}")
    assert "Hele teksten: sat i kø i dag kl. 12.01; ikke nødvendig (varslet siger det hele)" in words
    assert "Hvad der blev ændret" not in words


# How fast ---------------------------------------------------------------------------------------------------------------


async def test_status_says_how_fast_it_goes(desk: Newsdesk) -> None:
    """Of the last 30 days, half and 95 of a hundred, for what the reader may know of."""
    assert "Hvor hurtigt" not in await desk.words("/status")
    await desk.ask("/subscribe um")
    desk.clock.time += MINUTE
    about = await found(desk, 50, "Ny ambassade i Nuuk")
    await owed(desk, about)
    desk.clock.time += timedelta(seconds=4)
    await settled(desk, DeliveryState.SENT)
    words = await desk.words("/status", READER)
    assert "Hvor hurtigt, de seneste 30 dage" in words
    assert "Udenrigsministeriet: fundet efter 2 minutter (95 %: 2 minutter), sendt efter 4 sekunder (95 %: 4 sekunder)" in words
    desk.clock.time += timedelta(days=31)
    assert "Hvor hurtigt" not in await desk.words("/status")
