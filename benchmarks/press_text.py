"""Danish press text by chance: words as frequent as in real text (Zipf), people who do not exist, always the same for a seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import accumulate


def _words(text: str) -> list[str]:
    return text.split()


LITTLE = _words(
    "og i at det er til en af den på for de med som et der har om ikke vi kan fra skal vil blive være også efter mere end men ved "
    "eller nu alle hele sig han hun sammen under mellem når så hvor mod gennem samt både flere andre nye første store"
)
MIDDLE = _words(
    "siger oplyser mener forventer åbner lukker styrker fremlægger indgår undersøger støtter bidrager arbejder får giver sikrer "
    "danske nordiske europæiske grønlandske lokale fælles vigtige bæredygtige særlige tydelige ansvarlig frivillige kommende "
    "borgere virksomheder aftale regering kommune ministerium kroner procent marts torsdag uge dag måned samarbejde møde løsning "
    "indsats resultat analyse undersøgelse rapport forslag udvikling forskning sikkerhed sundhed beskæftigelse uddannelse"
)
STEMS = _words(
    "havne brand miljø klima skole børne ældre trafik vej bane energi vind vand natur kyst fiskeri landbrugs føde arbejds bolig by "
    "kultur museums sprog presse data cyber told skatte told forsvars redning politi rets frihed udenrigs handels eksport skibs "
    "luft rum forsknings sygehus læge medicin vaccine psykiatri sport ungdoms familie social integrations finans bank rente løn"
)
HEADS = _words(
    "aftale aftalen aftaler analyse analysen område området områder plan planen planer projekt projektet projekter indsats "
    "indsatsen politik politikken udvalg udvalget styrelse styrelsen minister ministeren møde mødet møder rapport rapporten puljen "
    "pulje sektor sektoren virksomhed virksomheder virksomheden central centralen center centret chef chefen leder lederen mål "
    "målene krav kravene regler reglerne ordning ordningen kampagne kampagnen marked markedet midler midlerne hjælp løft arbejde"
)
FIRST = _words("Freja Asta Birk Dagny Ejvind Gyda Halfdan Ingrid Keld Liv Malthe Njord Oda Palle Ragna Signe Toke Uffe Vigga Åse")
LAST = _words(
    "Holmsted Bakkegård Engholt Fjeldsø Grønvang Havbjerg Kirkedal Lyngmark Mosevig Nørrelund Skovrup Tangaa Vestermarken"
)
MOST_RARE = 60_000
"""Danish makes words by joining words: so many of three parts occur."""
ROLES = ("pressechef", "kommunikationskonsulent", "chefkonsulent", "presseansvarlig", "direktør")


class Writer:
    """Writes releases, one after another."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - it only has to repeat
        rare = [stem + head for stem in STEMS for head in HEADS]
        rarer = [first + second for first in STEMS for second in rare]
        self._words = [*LITTLE, *MIDDLE, *self._chance.sample(rare, len(rare)), *self._chance.sample(rarer, MOST_RARE)]
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self._words))))

    @property
    def vocabulary(self) -> list[str]:
        """Its words, the most frequent first."""
        return list(self._words)

    def seed(self, seed: int) -> None:
        """What is written from here on follows from this number and from that of the writer, whose words stay the same."""
        self._chance.seed(seed)

    def words(self, count: int) -> list[str]:
        """So many words, as frequent as their rank makes them."""
        return self._chance.choices(self._words, cum_weights=self._weights, k=count)

    def sentence(self) -> str:
        """A sentence of 7 to 15 words."""
        said = " ".join(self.words(self._chance.randint(7, 15)))
        return f"{said[0].upper()}{said[1:]}."

    def paragraph(self) -> str:
        """Three or four sentences."""
        return " ".join(self.sentence() for _ in range(self._chance.randint(3, 4)))

    def title(self) -> str:
        """A headline of five to nine words."""
        said = " ".join(self.words(self._chance.randint(5, 9)))
        return said[0].upper() + said[1:]

    def body(self) -> str:
        """About 3 KB of HTML: paragraphs, a heading, a list, a link, and whom to call."""
        chance = self._chance
        paragraphs = [f"<p>{self.paragraph()}</p>" for _ in range(5)]
        paragraphs[1] = f"<p>&quot;{self.paragraph()}&quot; siger <strong>{self._person()}</strong>.</p>"
        items = "".join(f"<li>{' '.join(self.words(6))}</li>" for _ in range(3))
        paragraphs.insert(3, f"<h2>{self.title()}</h2><ul>{items}</ul>")
        page = f"https://www.example.dk/{chance.randrange(10**6)}"
        paragraphs.append(f'<p>Læs mere på <a href="{page}">{self.title()}</a>.</p>')
        person = self._person()
        phone = f"+45 {chance.randint(20, 59)} {chance.randint(10, 99)} {chance.randint(10, 99)} {chance.randint(10, 99)}"
        mail = f"{person.split()[0].lower().replace('å', 'aa')}@example.dk"
        called = f"<b>Pressekontakt:</b><br>{person}, {chance.choice(ROLES)}<br>Tlf.: {phone}"
        return "\n".join([*paragraphs, f'<p>{called}<br><a href="mailto:{mail}">{mail}</a></p>'])

    def item(self, guid: str, published: datetime) -> str:
        """One item of an RSS feed."""
        link = f"https://press.example.dk/pressemeddelelse/{guid}"
        return (
            f"<item><title>{self.title()}</title><link>{link}</link><description>{self.sentence()}</description>"
            f"<content:encoded><![CDATA[{self.body()}]]></content:encoded><category>Pressemeddelelse</category>"
            f"<pubDate>{format_datetime(published)}</pubDate><guid>{link}</guid></item>"
        )

    def _person(self) -> str:
        return f"{self._chance.choice(FIRST)} {self._chance.choice(LAST)}"


def document(items: list[str]) -> bytes:
    """Items, newest first, as an RSS feed."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        "<title>Pressemeddelelser</title><link>https://press.example.dk/</link><description>Pressemeddelelser</description>"
        f"<language>da</language>{''.join(items)}</channel></rss>"
    ).encode()


def moments(count: int) -> list[datetime]:
    """When so many releases were published, newest first: one every other day up to the first of November 2026."""
    return [datetime(2026, 11, 1, 9, tzinfo=UTC) - timedelta(days=2 * number) for number in range(count)]
