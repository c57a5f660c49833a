"""Lines that must be read first: embargoes and dates to sign up by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.notices import deadline, embargo


@pytest.mark.parametrize(
    "line",
    [
        "KLAUSULERET til onsdag den 3. december kl. 06.00",
        "Klausuleret: 3. maj kl. 10",
        "Pressemeddelelsen er klausuleret til fredag kl. 5",
        "Må ikke offentliggøres før den 3. maj kl. 12",
        "Frigives den 3. maj kl. 10",
        "EMBARGO: Monday 4 May 2026, 10:00 CET",
        "Embargo until 00:01 on 3 May",
        "Strictly embargoed until 09:00 Friday",
        "This release is under embargo until 6 May.",
        "Not for publication before 10:00 on Thursday",
        "Embargo til tirsdag 4. mai kl. 06.00",
        "Klausulert til mandag 3. mai",
        "Sperrefrist: 4. mai kl. 05.00",
        "Embargo till 4 maj kl. 06.00",
        "Embargo t.o.m. 4 maj kl. 06.00",
        "Får inte publiceras före den 4 maj",
        "KLAUSULERET TIL FREDAG DEN 20. NOVEMBER KL. 12",
        "Embargo until 20. November, 06:00",
    ],
)
def test_an_embargo_is_seen(line: str) -> None:
    """In four languages, in the lead or at the beginning of the text, and given as it stands."""
    assert embargo(line, ()) == line
    assert embargo("Kajen åbner igen.", ("Havnen ved byen.", line)) == line
    assert embargo("", ("a", "b", "c", "d", line)) == ""


@pytest.mark.parametrize(
    "line",
    [
        "Embargo mod Rusland forlænges til 31. juli 2027.",
        "Våbenembargoen til Iran udløber i 2027.",
        "The arms embargo is extended until 3 May 2027.",
        "Iran is under embargo until 2027.",
        "Klausulerede midler på 3 mio. kr.",
        "Frigives nu 300 mio.",
        "FOR IMMEDIATE RELEASE 3 May",
        "Danmark må først betale 3 mio. kr. i 2027.",
        "Embargo: våben",
    ],
)
def test_states_have_embargoes_too(line: str) -> None:
    """Those are news, and no warning."""
    assert embargo(line, (line,)) == ""


@pytest.mark.parametrize(
    "line",
    [
        "Tilmelding senest den 3. maj kl. 12 til presse@havnen.example",
        "Akkreditering skal ske senest fredag kl. 10.",
        "Medier bedes tilmelde sig hos presse@havnen.example senest mandag kl. 12",
        "Senest mandag kl. 12 skal man tilmelde sig.",
        "Tilmeldingsfrist: 3. maj",
        "Deadline for accreditation: 3 May",
        "Please register by 3 May at noon.",
        "RSVP no later than Monday.",
        "Påmelding innen 3. mai",
        "Anmälan senast 3 maj",
        "Sista anmälningsdag är 3 maj",
    ],
)
def test_a_date_to_sign_up_by_is_seen(line: str) -> None:
    """In four languages; of an invitation at its end too."""
    assert deadline("Havnen inviterer.", (line,)) == line
    assert deadline("Havnen inviterer. " + line, ()) == line
    assert deadline("", (*"abcde", line), everywhere=True) == line
    assert deadline("", (*"abcde", line)) == ""


@pytest.mark.parametrize(
    "line",
    [
        "Sidste frist for at brevstemme er i morgen fredag.",
        "Der er tilmeldt 300 virksomheder.",
        "A register of 3 million members by country.",
        "Fristen er på to uger.",
        "Nu åbnes der for tilmelding til prøven den 3. maj.",
        "Tilmelding senest når kajen åbner.",
    ],
)
def test_other_dates_are_no_deadline(line: str) -> None:
    """Nor is a line that names no day."""
    assert deadline(line, (line,), everywhere=True) == ""


@given(st.text(max_size=500), st.lists(st.text(max_size=200), max_size=6))
def test_nothing_is_made_up(lead: str, body: list[str]) -> None:
    """What is shown stands in the text, but for its spaces."""
    whole = "".join("".join((lead, *body)).split())
    for found in (embargo(lead, body), deadline(lead, body, everywhere=True)):
        assert "".join(found.split()) in whole
