"""What those who manage a conversation set, from the line or the button to what stands there afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import time
from pathlib import Path

import pytest

from bot.domain.options import AS_USUAL, EVERYTHING, Frequency, Length, QuietHours
from bot.domain.release import Kind
from bot.domain.subscription import Address, Destination, Subscription
from bot.ports import Reply
from tests.features.newsdesk import ADMIN, GROUP, HERE, READER, Newsdesk, buttons_of, newsdesk, press, words_of

SLACK = Address("slack", "T1", "C1")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsdesk]:
    """A small installation as of its first poll, with a subscription to the ministry."""
    made = await newsdesk(tmp_path)
    await made.ask("/subscribe um")
    yield made
    await made.database.close()


async def stored(desk: Newsdesk, address: Address = HERE) -> tuple[Destination, list[Subscription]]:
    """The conversation and its subscriptions, as they stand in the database."""
    async with desk.database.read() as tx:
        here = await tx.destinations.find(address)
        assert here is not None
        return here, await tx.destinations.subscriptions(here.id)


async def only(desk: Newsdesk) -> Subscription:
    """The one subscription there is."""
    (subscription,) = (await stored(desk))[1]
    return subscription


def labels(reply: Reply) -> list[str]:
    """What stands on the buttons."""
    return [button.label for button in buttons_of(reply.card)]


# One subscription -------------------------------------------------------------------------------------------------------


async def test_a_subscription_is_shown_whole_with_a_button_for_each_setting(desk: Newsdesk) -> None:
    """By its newsroom, its number in the list, its id or alone, in both languages; the form holds the same fields."""
    shown = await desk.ask("/abonnement um")
    for line in ("/abonnement 1", "/subscription id:1", "/abonnement"):
        assert (await desk.ask(line)).card == shown.card
    words = words_of(shown.card)
    for said in (
        "Slags: alle",
        "Sprog: alle",
        "Filter: ingen",
        "Hasteord: ingen",
        "Tilkaldes: ingen",
        "Hvornår: straks",
        "Lyd: til",
    ):
        assert said in words
    assert shown.form is not None
    assert [field.name for field in shown.form.fields] == ["kinds", "languages", "filter", "urgent", "ping", "frequency", "sound"]
    assert labels(shown)[:7] == [field.label for field in shown.form.fields]
    assert "When: at once" in words_of((await _in_english(desk, "/subscription um")).card)


async def _in_english(desk: Newsdesk, line: str) -> Reply:
    await desk.ask("/language en")
    return await desk.ask(line)


async def test_each_setting_is_changed_by_buttons_in_place_and_back(desk: Newsdesk) -> None:
    """Press the setting, press the value: the card says what was saved, and its button undoes it."""
    shown = await desk.ask("/abonnement um")
    asked = await desk.ask(press(shown.card, "Hvornår"))
    assert asked.replaces
    assert "✓ straks" in labels(asked)
    changed = await desk.ask(press(asked.card, "dagligt"))
    assert changed.replaces
    assert changed.card.summary == "Gemt: Hvornår: dagligt."
    assert "Hvornår: dagligt · kl. 8.00" in words_of(changed.card)
    assert (await only(desk)).options.frequency is Frequency.DAILY
    undone = await desk.ask(press(changed.card, "Fortryd"))
    assert "Hvornår: dagligt → straks" in words_of(undone.card)
    assert (await only(desk)).options == EVERYTHING
    assert (await desk.ask(press(asked.card, "◂ Tilbage"))).replaces


async def test_of_several_choices_each_press_adds_one_or_takes_it_away(desk: Newsdesk) -> None:
    """Until none is chosen, which means all."""
    asked = await desk.ask("/abonnement um slags")
    await desk.ask(press(asked.card, "nyheder"))
    both = await desk.ask(press((await desk.ask("/abonnement um slags")).card, "pressemeddelelser"))
    assert "Slags: pressemeddelelser, nyheder" in words_of(both.card)
    assert (await only(desk)).options.kinds == {Kind.NEWS, Kind.PRESS_RELEASE}
    await desk.ask(press((await desk.ask("/abonnement um slags")).card, "✓ nyheder"))
    assert (await only(desk)).options.kinds == {Kind.PRESS_RELEASE}
    await desk.ask(press((await desk.ask("/abonnement um slags")).card, "Alle"))
    assert (await only(desk)).options == EVERYTHING


async def test_a_line_sets_several_at_once_in_either_language(desk: Newsdesk) -> None:
    """Values in Danish and English, quoted or not; what is not named stays."""
    await desk.ask('/subscription um kinds:nyhed,pressemeddelelse languages:dansk frequency:weekly urgent:"" sound:off')
    await desk.ask('/abonnement um tilkald:"@asta_b, @birk_c" sprog:da,en')
    found = await only(desk)
    assert found.options.kinds == {Kind.NEWS, Kind.PRESS_RELEASE}
    assert found.options.languages == {"da", "en"}
    assert found.options.frequency is Frequency.WEEKLY
    assert found.options.pings == ("@asta_b", "@birk_c")
    assert found.silent
    assert "Ingen tilkaldes, så længe der ikke er nogen hasteord" in await desk.words("/abonnement um")
    await desk.ask('/subscription um kinds:"" languages:"" ping:"" frequency:"" sound:""')
    emptied = await only(desk)
    assert (emptied.options, emptied.silent) == (EVERYTHING, False)


@pytest.mark.parametrize(
    ("line", "name", "said"),
    [
        ("/subscription um kinds:vejrudsigt", "kinds", "»vejrudsigt« kendes ikke"),
        ("/subscription um frequency:sometimes", "frequency", "straks, hver time, dagligt, ugentligt"),
        ("/subscription um sound:loud", "sound", "hverken til eller fra"),
        ("/subscription um ping:here", "ping", "personers @navne"),
        ('/subscription um filter:"- -"', "filter", "ingen ord"),
        (f"/subscription um filter:{'a' * 301}", "filter", "højst 300 tegn"),
        ("/settings quiet:25-07", "quiet", "fx 22-07"),
        ("/settings quiet:8-8", "quiet", "fx 22-07"),
        ("/settings digest:klokken", "digest", "intet klokkeslæt"),
        ("/settings day:someday", "day", "mandag, tirsdag"),
        ("/settings timezone:Kobenhaven-By", "timezone", "Mente du Europe/Copenhagen?"),
        ("/settings length:medium", "length", "overskrift, manchet, hele teksten"),
        ("/settings corrections:maybe", "corrections", "fortæl, ret, ignorer"),
    ],
)
async def test_a_bad_value_is_named_with_what_would_do_and_nothing_changes(desk: Newsdesk, line: str, name: str, said: str) -> None:
    """In words, and as the fault of the form's field; other values of the line are not taken either."""
    before = await stored(desk)
    reply = await desk.ask(f"{line}")
    assert said in words_of(reply.card)
    assert set(reply.faults) == {name}
    assert said in reply.faults[name]
    assert await stored(desk) == before


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("hyppighed", ("straks", "hver time", "dagligt", "ugentligt")),
        ("ugedag", ("mandag", "søndag")),
        ("længde", ("overskrift", "manchet", "hele teksten")),
        ("rettelser", ("fortæl", "ret", "ignorer")),
    ],
)
async def test_what_would_do_does(desk: Newsdesk, name: str, values: tuple[str, ...]) -> None:
    """Danes are told Danish words, which are taken; the English ones are told in English."""
    command = "/abonnement um" if name == "hyppighed" else "/indstillinger"
    for value in values:
        assert (await desk.ask(f"{command} {name}:{value}")).faults == {}
    assert values[0] in await desk.words(f"{command} {name}:xyzzy")
    english = await _in_english(desk, f"{command} {name}:xyzzy")
    assert values[0] not in words_of(english.card)


async def test_of_several_subscriptions_the_one_that_is_meant_is_asked_for(desk: Newsdesk) -> None:
    """With what was to be set; alone the command lists them."""
    await desk.ask("/subscribe koebenhavns-politi")
    asked = await desk.ask("/abonnement hyppighed:dagligt")
    assert "Hvilket nyhedsrum mener du?" in words_of(asked.card)
    await desk.ask(press(asked.card, "Udenrigsministeriet"))
    chosen = {each.newsroom.slug: each.options.frequency for each in (await stored(desk))[1] if each.newsroom}
    assert chosen == {"udenrigsministeriet": Frequency.DAILY, "koebenhavns-politi": Frequency.AT_ONCE}
    which = await desk.ask("/abonnement filter")
    assert "Udenrigsministeriet: Filter" in await desk.words(press(which.card, "Udenrigsministeriet"))
    assert "2 abonnementer her" in await desk.words("/abonnement")


async def test_an_unknown_setting_is_named_with_the_nearest(desk: Newsdesk) -> None:
    """It is not taken for a newsroom."""
    assert "ingen indstilling filtr. Mente du filter:?" in await desk.words("/abonnement um filtr:x")
    assert "ro:, weekender:" in await desk.words("/indstillinger xyzzy:9")
    assert "abonneres ikke på »energinet«" in await desk.words("/abonnement energinet")


async def test_on_slack_a_channel_or_its_members_are_called(desk: Newsdesk) -> None:
    """In the ways that Slack writes them."""
    await desk.ask("/subscribe um", address=SLACK)
    await desk.ask(
        '/subscription um urgent:"terror*" ping:"@here, <@U0123ABCD|asta>, <!subteam^S0123ABCD|@vagt>" save:yes', address=SLACK
    )
    ((found,)) = (await stored(desk, SLACK))[1]
    assert found.options.pings == ("here", "U0123ABCD", "S0123ABCD")
    await desk.ask('/subscription um ping:"@here <@U0123ABCD|asta> <@W0456ABCD>"', address=SLACK)
    ((found,)) = (await stored(desk, SLACK))[1]
    assert found.options.pings == ("here", "U0123ABCD", "W0456ABCD"), "as somebody types them"
    assert "kan ikke tilkaldes: Skriv here" in await desk.words("/subscription um ping:asta", address=SLACK)


async def test_only_who_manages_changes_and_everybody_sees(desk: Newsdesk) -> None:
    """The list says what is not as usual, in words."""
    await desk.ask('/subscription um frequency:daily kinds:news filter:"told" save:yes')
    for line in ("/subscription um frequency:now", "/settings quiet:22-07", "/undo", "/copy x"):
        assert "Det kan kun den, der bestyrer samtalen" in await desk.words(line, READER, conversation_kind=GROUP)
    assert "dagligt · nyheder · »told«" in await desk.words("/abonnementer", READER)
    shown = await desk.ask("/abonnementer")
    assert [element.command for element in shown.card.elements if hasattr(element, "command")] == [
        "/subscription udenrigsministeriet"
    ]


# Filters ----------------------------------------------------------------------------------------------------------------


async def test_a_filter_is_tried_before_it_is_saved(desk: Newsdesk) -> None:
    """How many it would have matched in 90 days and the latest three, newest first; nothing is saved until that is pressed."""
    tried = await desk.ask('/abonnement um filter:"nævnet" hyppighed:dagligt')
    words = words_of(tried.card)
    assert "Det ville have fanget 7 pressemeddelelser på 90 dage, senest:" in words
    assert [line for line in words.splitlines() if line[:2] in ("1.", "2.", "3.", "4.")] == [
        f"{n}. Møde i Det Udenrigspolitiske Nævn ({n + 1})" for n in (1, 2, 3)
    ]
    assert "ikke gemt endnu" in words
    assert (await only(desk)).options == EVERYTHING
    assert "Nævn (3)" in await desk.words("/pm 2"), "the list is numbered"
    again = await desk.ask(press(tried.card, "Ret"))
    assert again.form is not None
    assert [choice.value for choice in again.form.fields[0].values] == ["nævnet"]
    assert words_of((await desk.ask(press(tried.card, "Annuller"))).card) == words_of((await desk.ask("/abonnement um")).card)
    # What waits to be saved is in the button: another process, a day later, saves it as well.
    await desk.database.close()
    saved = await desk.ask(press(tried.card, "Gem"))
    assert saved.card.summary == "Gemt: Filter: nævnet · Hvornår: dagligt."
    found = await only(desk)
    assert (found.options.filter, found.options.frequency) == ("nævnet", Frequency.DAILY)


async def test_a_phrase_survives_the_way_through_a_button(desk: Newsdesk) -> None:
    """Double quotes within a value are written as single ones, and read back."""
    tried = await desk.ask("/subscription um filter:'nye sanktioner' -told")
    await desk.ask(press(tried.card, "Gem"))
    assert (await only(desk)).options.filter == '"nye sanktioner" -told'


async def test_a_filter_keeps_to_the_kinds_and_languages_beside_it(desk: Newsdesk) -> None:
    """They are set in the same line."""
    tried = await desk.words("/subscription um filter:sanktioner kinds:invitation")
    assert "ikke have fanget nogen" in tried
    assert "fanget 1 pressemeddelelse" in await desk.words("/subscription um filter:sanktioner kinds:pm")


async def test_a_filter_that_finds_nothing_says_what_was_perhaps_meant(desk: Newsdesk) -> None:
    """If that finds something; it can be saved all the same."""
    tried = await desk.ask("/abonnement um filter:sanktionre")
    assert "ikke have fanget nogen" in words_of(tried.card)
    meant = await desk.ask(press(tried.card, "Mente du »sanktioner«?"))
    assert "fanget 1 pressemeddelelse" in words_of(meant.card)
    await desk.ask(press(tried.card, "Gem"))
    assert (await only(desk)).options.filter == "sanktionre"


@pytest.mark.parametrize("line", ["/subscription all {}", "/subscribe all {}"])
async def test_a_filter_names_newsrooms_as_a_search_does(desk: Newsdesk, line: str) -> None:
    """By nickname or part of the name; kept by the newsroom's own, which is what releases are held against."""
    await desk.ask("/subscribe all")

    async def kept() -> str:
        return next(each.options.filter for each in (await stored(desk))[1] if each.newsroom is None)

    await desk.ask(f"{line} save:yes".format("filter:newsroom:um"))
    assert await kept() == "newsroom:udenrigsministeriet"
    await desk.ask(f"{line} save:yes".format("filter:\"told -nyhedsrum:'kbh politi' -nyhedsrum:um\""))
    assert await kept() == "told -nyhedsrum:koebenhavns-politi -nyhedsrum:udenrigsministeriet"
    await desk.ask(f"{line} save:yes".format("filter:newsroom:politi"))
    assert await kept() == "newsroom:politi", "several are meant, and each goes by that"
    unknown = await desk.ask(line.format('filter:"newsroom:udenrigsstyrelsen sanktioner"'))
    assert "Intet nyhedsrum hedder »udenrigsstyrelsen«" in words_of(unknown.card)
    assert "newsroom:udenrigsministeriet sanktioner" in press(unknown.card, "Udenrigsministeriet")
    assert await kept() == "newsroom:politi"


async def test_emptying_a_filter_needs_no_trial(desk: Newsdesk) -> None:
    """More will come: that is plain. Both ways of emptying it do the same."""
    await desk.ask("/abonnement um filter:told save:yes")
    assert "Filter: ingen" in await desk.words(press((await desk.ask("/abonnement um filter")).card, "Ingen"))
    assert (await only(desk)).options == EVERYTHING


async def test_urgent_words_are_tried_as_well(desk: Newsdesk) -> None:
    """Each under its own heading."""
    words = await desk.words("/abonnement um filter:nævnet haster:sanktioner")
    assert "Filter »nævnet«" in words
    assert "Hasteord »sanktioner«" in words
    assert "fanget 1 pressemeddelelse på 90 dage:" in words


async def test_asking_for_words_shows_the_line_to_write(desk: Newsdesk) -> None:
    """In the reader's own words, and what it writes works."""
    asked = await desk.ask("/abonnement um filter")
    assert not asked.replaces, "it is answered by typing"
    line = '/abonnement udenrigsministeriet filter:"sanktioner ELLER grønland -sport"'
    assert line in words_of(asked.card)
    assert "Det ville have fanget 8" in await desk.words(line)


# The conversation -------------------------------------------------------------------------------------------------------


async def test_settings_are_shown_whole_and_set_by_a_line(desk: Newsdesk) -> None:
    """Times the way each language writes them; the form holds the same fields."""
    shown = await desk.ask("/indstillinger")
    words = words_of(shown.card)
    for said in (
        "Stilletid: ingen",
        "Overblik kl.: 8.00",
        "Ugens overblik: mandag",
        "Længde: overskrift og manchet",
        "Billede: til",
    ):
        assert said in words
    assert "Tidszone: Europe/Copenhagen, hvor klokken er 12.01 nu" in words
    assert shown.form is not None
    assert len(shown.form.fields) == 11
    changed = await desk.words("/indstillinger ro:22-7 weekender:til overblik:9.30 ugedag:fredag længde:overskrift billede:fra")
    assert "Gemt: Stilletid: 22.00–7.00 · Stille weekender: til · Overblik kl.: 9.30 · Ugens overblik: fredag" in changed
    options = (await stored(desk))[0].options
    assert options.quiet == QuietHours(time(22), time(7), weekends=True)
    assert (options.digest_at, options.digest_on, options.length, options.picture) == (time(9, 30), 4, Length.HEADLINE, False)


async def test_quiet_hours_and_weekends_are_set_apart_from_each_other(desk: Newsdesk) -> None:
    """They are one value underneath; without either there is none."""
    await desk.ask("/settings weekends:on")
    assert (await stored(desk))[0].options.quiet == QuietHours(time(), time(), weekends=True)
    await desk.ask("/settings quiet:23:30-06")
    assert (await stored(desk))[0].options.quiet == QuietHours(time(23, 30), time(6), weekends=True)
    await desk.ask("/settings quiet:off")
    assert (await stored(desk))[0].options.quiet == QuietHours(time(), time(), weekends=True)
    await desk.ask("/settings weekends:off")
    assert (await stored(desk))[0].options == AS_USUAL


async def test_settings_say_what_they_come_to_now(desk: Newsdesk) -> None:
    """It is Friday noon."""
    assert "Der er ro nu" not in await desk.words("/indstillinger")
    assert "Der er ro nu og til i dag kl. 13.00." in await desk.words("/settings quiet:11-13")
    assert "Der er ro nu" not in await desk.words("/settings timezone:Helsinki"), "there it is past one"


async def test_presets_are_pressed_and_checked(desk: Newsdesk) -> None:
    """For what is otherwise typed."""
    asked = await desk.ask("/indstillinger stilletid")
    assert "/indstillinger ro:22-07" in words_of(asked.card)
    await desk.ask(press(asked.card, "22.00–7.00"))
    assert (await stored(desk))[0].options.quiet == QuietHours(time(22), time(7))
    assert "✓ 22.00–7.00" in labels(await desk.ask("/indstillinger ro"))
    zones = await desk.ask("/indstillinger tidszone")
    assert "✓ København" in labels(zones)
    await desk.ask(press(zones.card, "Helsinki"))
    assert (await stored(desk))[0].timezone == "Europe/Helsinki"


async def test_a_new_language_and_zone_are_spoken_at_once(desk: Newsdesk) -> None:
    """And both are kept where a line has no value for them: there has to be one."""
    changed = await desk.ask("/settings language:en timezone:London")
    assert "Saved: Time zone: Europe/London · Language: English." in words_of(changed.card)
    assert "where it is 11:01 now" in words_of(changed.card)
    assert press(changed.card, "Undo") == "/undo 2"
    undone = await desk.ask("/undo")
    assert "Fortrudt.\nTidszone: Europe/London → Europe/Copenhagen\nSprog: engelsk → dansk" in words_of(undone.card)
    await desk.ask(press(undone.card, "Fortryd"))
    await desk.ask('/settings language:"" timezone:""')
    here, _ = await stored(desk)
    assert (here.language, here.timezone) == ("en", "Europe/London")


async def test_a_form_submitted_as_it_was_shown_changes_nothing(desk: Newsdesk) -> None:
    """What it holds is what stands; a field that was emptied empties."""
    await desk.ask("/subscription um kinds:news filter:\"'nye sanktioner'\" ping:@asta_b frequency:weekly save:yes")
    await desk.ask("/settings quiet:22-07 weekends:on length:full timezone:Helsinki")
    before = await stored(desk)
    for line in ("/subscription um", "/settings"):
        form = (await desk.ask(line)).form
        assert form is not None
        filled = {field.name: [choice.value for choice in field.values] for field in form.fields}
        assert "Gemt" not in await desk.words(form.line(filled))
        assert await stored(desk) == before
    form = (await desk.ask("/subscription um")).form
    assert form is not None
    await desk.ask(form.line({"sound": ["on"], "frequency": ["now"]}))
    assert (await only(desk)).options == EVERYTHING


async def test_time_zones_can_be_looked_for_in_a_form(desk: Newsdesk) -> None:
    """By city or land in any of our languages."""
    from bot.ports import CommandCall

    call = CommandCall("", ADMIN, HERE)
    assert [choice.value for choice in await desk.router.choices(call, "timezone", "køben")] == ["Europe/Copenhagen"]
    assert [choice.value for choice in await desk.router.choices(call, "timezone", "finland")] == ["Europe/Helsinki"]


async def test_privacy_says_what_is_kept(desk: Newsdesk) -> None:
    """To anybody, alone."""
    reply = await desk.ask("/privatliv", READER)
    assert reply.private
    assert "Gemt om dig" in words_of(reply.card)
    assert "Ikke gemt" in words_of(reply.card)
