"""What the demo's newsroom publishes: invented matters and invented people, in the tone of a ministry of foreign affairs.

Only the press duty contact is the real one. Nobody who holds an office is quoted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

NEWSROOM = "Udenrigsministeriet (demo)"

PRESS_RELEASE, NEWS, INVITATION = "Pressemeddelelse", "Nyhed", "Presseinvitation"

_DESK = "For yderligere pressespørgsmål, kontakt pressevagten +45 61 97 92 47 (ikke SMS) og pressevagten@um.dk"
_DESK_EN = "For further press enquiries, contact the press duty desk, +45 61 97 92 47 (no text messages) and pressevagten@um.dk"
_COPENHAGEN = ZoneInfo("Europe/Copenhagen")
_WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class DemoRelease:
    """One release: `kind` is the newsroom's word for it, `body` holds its paragraphs after the lead.

    `published` is aware UTC in whole seconds.
    """

    id: int
    kind: str
    title: str
    lead: str
    body: tuple[str, ...]
    published: datetime
    language: str = "da"


COMING_ID = 15900100


def coming(now: datetime, language: str, millions: int) -> DemoRelease:
    """The release that comes out while the demo plays; a correction gives it another amount."""
    published = now.replace(microsecond=0)
    if language == "en":
        return DemoRelease(
            COMING_ID,
            PRESS_RELEASE,
            f"Denmark provides DKK {millions} million in relief after floods",
            (
                f"Denmark is contributing DKK {millions} million to emergency relief after the floods of recent weeks. The money "
                "goes to clean water, shelter and medical help, and the first consignment leaves Copenhagen tonight."
            ),
            (
                (
                    "More than 200,000 people have had to leave their homes. Wells have been polluted in large parts of the "
                    "area, and the relief organisations report an urgent need for water treatment."
                ),
                (
                    "“The first plants can be running within four days. That is what it takes to keep people healthy until the "
                    "wells have been cleaned,” says Signe Falkenholm, who heads the relief team."
                ),
                "The contribution is financed by the reserve for humanitarian crises.",
                _DESK_EN,
            ),
            published,
            "en",
        )
    return DemoRelease(
        COMING_ID,
        PRESS_RELEASE,
        f"Danmark sender {millions} millioner kroner i nødhjælp efter oversvømmelser",
        (
            f"Danmark bidrager med {millions} millioner kroner til nødhjælpen efter de seneste ugers oversvømmelser. Pengene går "
            "til rent vand, husly og lægehjælp, og den første sending forlader København i aften."
        ),
        (
            (
                "Mere end 200.000 mennesker har måttet forlade deres hjem. I store dele af området er brøndene forurenede, og "
                "hjælpeorganisationerne melder om akut behov for vandrensning."
            ),
            (
                "”De første anlæg kan være i drift inden for fire dage. Det er dét, der skal til, for at folk holder sig raske, "
                "indtil brøndene er renset,” siger Signe Falkenholm, der leder nødhjælpsholdet."
            ),
            "Bidraget finansieres af reserven til humanitære kriser.",
            _DESK,
        ),
        published,
    )


def archive(now: datetime) -> tuple[DemoRelease, ...]:
    """What the newsroom published before the bot came, newest first."""
    return (
        _committee(15900011, _quarter(now - timedelta(minutes=50)), "13.30"),
        DemoRelease(
            15900010,
            PRESS_RELEASE,
            "EU-landene enige om ny sanktionspakke mod omgåelse",
            (
                "EU-landene er blevet enige om en ny sanktionspakke. Den rammer mellemhandlere, der skaffer varer uden om de "
                "sanktioner, som allerede gælder."
            ),
            (
                (
                    "Sanktionspakken sætter 34 virksomheder og 12 skibe på listen over dem, som europæiske virksomheder ikke må "
                    "handle med. Samtidig skal eksportører af en række elektroniske komponenter fremover kende den endelige "
                    "bruger."
                ),
                (
                    "Danmark har arbejdet for, at reglerne om dokumentation bliver ens i alle lande, så omgåelse ikke flytter "
                    "derhen, hvor kontrollen er svagest."
                ),
                "Sanktionerne træder i kraft, når de er offentliggjort i EU-Tidende.",
                _DESK,
            ),
            _at(now, 1, "15.30"),
        ),
        DemoRelease(
            15900009,
            INVITATION,
            "Presseinvitation: Konference om sikker skibsfart i Østersøen",
            (
                "Repræsentanter for kystlande, rederier og havne mødes i København for at tale om gamle tankskibe, falske "
                "positioner og beredskab til søs."
            ),
            (
                f"Tid: {_day(_workday(now + timedelta(days=6), 1))} kl. 9.30–12.00. Fotomulighed kl. 9.15.",
                "Sted: Eigtveds Pakhus, Asiatisk Plads 2 G, 1448 København K.",
                (
                    "Der er mulighed for korte interview med oplægsholderne efter konferencen. Medbring gyldigt pressekort. "
                    "Tilmelding senest dagen før kl. 12.00 til pressevagten."
                ),
                _DESK,
            ),
            _at(now, 2, "13.00"),
        ),
        DemoRelease(
            15900008,
            NEWS,
            "Én indgang skal hjælpe virksomheder med at overholde sanktioner",
            "Fra nytår kan danske virksomheder få svar på spørgsmål om sanktioner ét sted i stedet for hos fire myndigheder.",
            (
                (
                    "Ordningen er især tænkt til små og mellemstore virksomheder, som ikke har egne jurister. De kan få "
                    "vejledning om eksportkontrol, indefrosne midler og tilladelser."
                ),
                "Der oprettes en hotline, og alle generelle svar bliver lagt frem, så andre kan have gavn af dem.",
                _DESK,
            ),
            _at(now, 5, "9.45"),
        ),
        DemoRelease(
            15900007,
            PRESS_RELEASE,
            "Ny aftale om klimaforskning i Grønland",
            (
                "Grønlandske og danske forskningsinstitutioner har indgået en aftale om fem års fælles målinger af is, hav og "
                "vejr i Nordøstgrønland."
            ),
            (
                (
                    "Aftalen sikrer driften af to målestationer og giver plads til 20 studerende om året fra universiteterne i "
                    "Nuuk, Aarhus og København."
                ),
                "Målingerne bliver lagt frit frem, så fangere, skibe og forskere i andre lande kan bruge dem samme dag.",
                "Pressekontakt: Kommunikationsrådgiver Mathilde Ravnborg, tlf. +45 33 92 00 00, mathilde.ravnborg@um.example",
                _DESK,
            ),
            _at(now, 8, "11.00"),
        ),
        DemoRelease(
            15900006,
            PRESS_RELEASE,
            "Denmark to host workshop on protecting undersea cables",
            (
                "Experts from fifteen countries will meet in Copenhagen to share what they have learned about damage to cables "
                "and pipelines on the seabed."
            ),
            (
                (
                    "The workshop brings together coast guards, cable owners and repair companies. They will go through three "
                    "exercises and agree on a common form for reporting damage."
                ),
                "The results will be published after the meeting.",
                _DESK_EN,
            ),
            _at(now, 11, "16.15"),
            "en",
        ),
        _committee(15900005, _at(now, 14, "14.00"), "10.00"),
        DemoRelease(
            15900004,
            NEWS,
            "Flere vil vide, hvor de kan få hjælp på rejsen",
            "Antallet af danskere, der melder deres rejse til den danske hjælpetjeneste, er steget med en fjerdedel på et år.",
            (
                (
                    "Især unge på lange rejser tilmelder sig. De får besked, hvis situationen ændrer sig dér, hvor de er, og "
                    "ambassaden kan finde dem, hvis det bliver nødvendigt."
                ),
                "Tilmelding er gratis og tager to minutter.",
                _DESK,
            ),
            _at(now, 20, "12.41") + timedelta(seconds=22),
        ),
        DemoRelease(
            15900003,
            NEWS,
            "Danmark får en vandambassadør",
            (
                "Ingeniør og diplomat Rasmus Bjerrelund skal hjælpe lande, der mangler vand, i kontakt med dansk viden om "
                "rensning og lækager."
            ),
            (
                "Danske byer mister under en tiendedel af drikkevandet på vej til hanen. Mange steder i verden er det halvdelen.",
                "”Det billigste vand er det, der ikke løber væk,” siger Rasmus Bjerrelund.",
                _DESK,
            ),
            _at(now, 29, "10.00"),
        ),
        DemoRelease(
            15900002,
            PRESS_RELEASE,
            "60 millioner kroner til skoler i flygtningelejre",
            "Et nyt program skal give 30.000 børn undervisning, mens de venter på at kunne vende hjem.",
            (
                "Programmet uddanner lærere blandt flygtningene selv og betaler for bøger, mad og trygge veje til skolen.",
                "Det løber i tre år og bliver målt på, hvor mange børn der består en prøve, som naboskolerne anerkender.",
                _DESK,
            ),
            _at(now, 58, "8.30"),
        ),
        DemoRelease(
            15900001,
            NEWS,
            "Ambassaderne åbner dørene for eksportører",
            "Elleve danske ambassader holder i løbet af foråret åbent hus for virksomheder, der vil ud på nye markeder.",
            (
                "Virksomhederne kan møde handelsrådgivere og lokale kunder og få en vurdering af, hvad det kræver at komme i gang.",
                _DESK,
            ),
            _at(now, 117, "10.15"),
        ),
    )


def _committee(ident: int, published: datetime, clock: str) -> DemoRelease:
    """A title that comes back with every meeting."""
    lead = f"Det Udenrigspolitiske Nævn holder møde {_day(_workday(published + timedelta(days=1), 1))} kl. {clock}."
    return DemoRelease(ident, NEWS, "Møde i Det Udenrigspolitiske Nævn", lead, (_DESK,), published)


def _quarter(when: datetime) -> datetime:
    """The quarter of an hour before: newsrooms like to schedule."""
    return when.replace(minute=when.minute - when.minute % 15, second=0, microsecond=0)


def _at(now: datetime, days: int, clock: str) -> datetime:
    """A time of day in Copenhagen so many days ago, or on the last working day before."""
    hour, minute = map(int, clock.split("."))
    day = _workday(now.astimezone(_COPENHAGEN) - timedelta(days=days), -1)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)


def _workday(when: datetime, step: int) -> datetime:
    while when.astimezone(_COPENHAGEN).weekday() in _WEEKEND:
        when += timedelta(days=step)
    return when


def _day(when: datetime) -> str:
    return format_date(when.astimezone(_COPENHAGEN), "EEEE 'den' d. MMMM y", locale="da")
