"""Interface languages: complete translations, and times as each language writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import i18n
from bot.errors import SettingsError
from bot.i18n import texts

COPENHAGEN = "Europe/Copenhagen"
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 9 o'clock in Copenhagen


@pytest.mark.parametrize("language", i18n.translated())
def test_every_message_is_translated(language: str) -> None:
    """Each message of the code has its translation, with the same placeholders, and none is left over."""
    faults = list(i18n.faults(language))
    assert not faults, "\n".join(["run `python -m bot.i18n update`, then translate:", *faults])


@pytest.mark.parametrize("language", i18n.translated())
def test_an_update_changes_nothing_twice(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of translations is written the same way each time, and what it held is kept."""
    file = tmp_path / "pressevagt.po"
    file.write_bytes(i18n._path(language).read_bytes())
    monkeypatch.setattr(i18n, "_path", lambda _language: file)
    before = {message.id: message.string for message in i18n.read(language)}
    i18n.update(language)
    once = file.read_bytes()
    i18n.update(language)
    assert file.read_bytes() == once
    after = {message.id: message.string for message in i18n.read(language) if message.id}
    assert all(before.get(message, string) == string for message, string in after.items())


def test_an_update_enters_new_messages_and_drops_old_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message new in the code stands there to be translated; one that left the code is gone."""
    file = tmp_path / "pressevagt.po"
    file.write_text(
        'msgid ""\nmsgstr ""\n"Language: da\\n"\n\nmsgid "of yore"\nmsgstr "fra dengang"\n\nmsgid "just now"\nmsgstr "lige nu"\n'
    )
    monkeypatch.setattr(i18n, "_path", lambda _language: file)
    i18n.update("da")
    there = {message.id: message.string for message in i18n.read("da")}
    assert "of yore" not in there
    assert there["just now"] == "lige nu"
    assert not there["today at {time}"]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "today at {time}"\nmsgstr ""', "not translated: 'today at {time}'"),
        ('#, fuzzy\nmsgid "today at {time}"\nmsgstr "i dag kl. {time}"', "fuzzy: 'today at {time}'"),
        ('msgid "today at {time}"\nmsgstr "i dag kl. {tid}"', "placeholders differ: 'today at {time}' and 'i dag kl. {tid}'"),
        ('msgid "of yore"\nmsgstr "fra dengang"', "no longer in the code: 'of yore'"),
        ('#~ msgid "of yore"\n#~ msgstr "fra dengang"', "obsolete: 'of yore'"),
        ('msgid "just now"\nmsgstr "lige nu"', "not in the file: 'today at {time}'"),
    ],
)
def test_faults_are_named(entry: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is wrong with a translation is said with the message that has it."""
    file = tmp_path / "pressevagt.po"
    file.write_text(f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n{entry}\n')
    monkeypatch.setattr(i18n, "_path", lambda _language: file)
    assert fault in list(i18n.faults("da"))


@pytest.mark.parametrize(
    ("code", "messages"),
    [
        ('t("a")', ["a"]),
        ('self.t("a {b}", b="no")', ["a {b}"]),
        ('texts("da", zone).t("a")', ["a"]),
        ("call(f\"{t('a')}\")", ["a"]),
        ('t("a " "b")', ["a b"]),
        ('t("a" if x else "b")', ["a", "b"]),
        ('N_("a")', ["a"]),
        ('texts.n("{count} day", "{count} days", days)', [("{count} day", "{count} days")]),
        ("t(name)", []),
        ('print("a")', []),
    ],
)
def test_messages_are_found_in_code(code: str, messages: list[str | tuple[str, str]]) -> None:
    """Calls by name, by attribute and within f-strings are found; what is no literal is not."""
    assert list(i18n.messages_in(code)) == messages


@pytest.mark.parametrize(
    ("when", "danish", "english"),
    [
        (timedelta(hours=-1), "i dag kl. 8.00", "today at 08:00"),
        (timedelta(hours=3, minutes=5), "i dag kl. 12.05", "today at 12:05"),
        (timedelta(hours=-10), "i går kl. 23.00", "yesterday at 23:00"),
        (timedelta(hours=15), "i morgen kl. 0.00", "tomorrow at 00:00"),
        (timedelta(days=-2), "lørdag kl. 9.00", "Saturday at 09:00"),
        (timedelta(days=-6), "tirsdag kl. 9.00", "Tuesday at 09:00"),
        (timedelta(days=-7), "16. november 2026 kl. 9.00", "16 November 2026 at 09:00"),
        (timedelta(days=2), "25. november 2026 kl. 9.00", "25 November 2026 at 09:00"),
    ],
)
def test_moments_are_written_as_each_language_does(when: timedelta, danish: str, english: str) -> None:
    """Today, yesterday and tomorrow by name, the past six days by weekday, all else by date; a full stop in Danish times."""
    assert texts("da", COPENHAGEN).moment(MONDAY + when, MONDAY) == danish
    assert texts("en", COPENHAGEN).moment(MONDAY + when, MONDAY) == english


@pytest.mark.parametrize(
    ("when", "now", "danish", "english"),
    [
        # 25 October 2026, 3.00 summer time becomes 2.00: 0.30 UTC is 2.30 before the change, 1.30 UTC is 2.30 again after it.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC), "i dag kl. 2.30", "today at 02:30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC), "i dag kl. 2.30", "today at 02:30"),
        # That day has 25 hours: 22.30 UTC is 23.30 the same day, 24 and a half hours after its midnight (22.00 UTC the day before).
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), datetime(2026, 10, 25, 22, 30, tzinfo=UTC), "i dag kl. 0.00", "today at 00:00"),
        # The evening before is yesterday: 21.30 UTC and two hours of summer time are 23.30.
        (
            datetime(2026, 10, 24, 21, 30, tzinfo=UTC),
            datetime(2026, 10, 25, 22, 30, tzinfo=UTC),
            "i går kl. 23.30",
            "yesterday at 23:30",
        ),
        # 29 March 2026, 2.00 becomes 3.00: 0.59 UTC is 1.59 before it, 1.00 UTC is 3.00.
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC), "i dag kl. 1.59", "today at 01:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC), "i dag kl. 3.00", "today at 03:00"),
        # That day has 23 hours: 22.30 UTC with two hours of summer time is 0.30 the next day, 23 and a half hours after midnight.
        (
            datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
            datetime(2026, 3, 29, 22, 30, tzinfo=UTC),
            "i går kl. 0.00",
            "yesterday at 00:00",
        ),
        # Six days back across the change: 9.00 then was 8.00 UTC in winter, 9.00 now would be 7.00 UTC in summer.
        (datetime(2026, 3, 27, 8, 0, tzinfo=UTC), datetime(2026, 4, 2, 7, tzinfo=UTC), "fredag kl. 9.00", "Friday at 09:00"),
        # In summer Copenhagen is two hours ahead: 9.50 UTC is 11.50.
        (datetime(2025, 10, 13, 9, 50, tzinfo=UTC), MONDAY, "13. oktober 2025 kl. 11.50", "13 October 2025 at 11:50"),
    ],
)
def test_moments_across_the_change_of_the_clock(when: datetime, now: datetime, danish: str, english: str) -> None:
    """Days are the reader's calendar days, whether they have 23, 24 or 25 hours."""
    assert texts("da", COPENHAGEN).moment(when, now) == danish
    assert texts("en", COPENHAGEN).moment(when, now) == english


def test_a_moment_is_in_the_readers_zone() -> None:
    """The same instant is this morning in Copenhagen and last night in Nuuk."""
    when = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # 1.30 in Copenhagen, 22.30 the evening before in Nuuk (two hours behind)
    assert texts("da", COPENHAGEN).moment(when, MONDAY) == "i dag kl. 1.30"
    assert texts("da", "America/Nuuk").moment(when, MONDAY) == "i går kl. 22.30"


def test_clock_and_date_stand_alone() -> None:
    """A time of day and a day are also written by themselves."""
    danish, english = texts("da", COPENHAGEN), texts("en", COPENHAGEN)
    assert (danish.clock(MONDAY), english.clock(MONDAY)) == ("9.00", "09:00")
    assert (danish.date(MONDAY), english.date(MONDAY)) == ("23. november 2026", "23 November 2026")


@pytest.mark.parametrize(
    ("age", "danish", "english"),
    [
        (timedelta(seconds=-5), "lige nu", "just now"),
        (timedelta(seconds=59), "lige nu", "just now"),
        (timedelta(seconds=60), "for 1 minut siden", "1 minute ago"),
        (timedelta(minutes=3, seconds=59), "for 3 minutter siden", "3 minutes ago"),
        (timedelta(minutes=119), "for 1 time siden", "1 hour ago"),
        (timedelta(hours=47), "for 1 dag siden", "1 day ago"),
        (timedelta(days=20), "for 2 uger siden", "2 weeks ago"),
    ],
)
def test_an_age_is_in_whole_units(age: timedelta, danish: str, english: str) -> None:
    """An age counts the whole units that have passed, and never rounds up."""
    assert texts("da", COPENHAGEN).age(age) == danish
    assert texts("en", COPENHAGEN).age(age) == english


def test_numbers_are_written_as_each_language_does() -> None:
    """Thousands and decimals have their signs the other way round."""
    danish, english = texts("da", COPENHAGEN), texts("en", COPENHAGEN)
    assert (danish.number(2321), danish.number(5.3)) == ("2.321", "5,3")
    assert (english.number(2321), english.number(5.3)) == ("2,321", "5.3")


def test_messages_are_filled_in() -> None:
    """Values go in as they are, braces included, and a count is written as the language writes numbers."""
    english = texts("en", COPENHAGEN)
    assert english.t("today at {time}", time="{x}") == "today at {x}"
    assert english.n("{count} word", "{count} words", 1) == "1 word"
    assert english.n("{count} word", "{count} words", 1200) == "1,200 words"


def test_an_unknown_language_reads_english() -> None:
    """A tag is known by its first part; other languages get English."""
    assert texts("da-DK", COPENHAGEN).language == "da"
    assert texts("de", COPENHAGEN).language == "en"
    assert texts("", COPENHAGEN).language == "en"


@pytest.mark.parametrize("zone", ["Europe/Copenhagn", "", "../../etc/passwd", "/etc/passwd", "Europe", "a\0b", "x" * 5000])
def test_an_unknown_time_zone_is_named(zone: str) -> None:
    """A zone that does not exist is a setting to put right, named with what would do, in one short line."""
    with pytest.raises(SettingsError, match="Europe/Copenhagen") as caught:
        texts("da", zone)
    assert repr(zone[:60]) in str(caught.value)
    assert len(str(caught.value)) < 200
