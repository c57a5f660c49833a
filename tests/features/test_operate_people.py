"""`pressevagt forget`, `export` and `import` as they are typed: what they print, and what is there afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.domain.subscription import ConversationKind
from bot.ports import Actor
from tests.fakes.world import World
from tests.features.test_operate import Run, database_url, prepared, run

__all__ = ["database_url", "run"]
ASTA = Actor("test", "bot", "7", "Asta Holm")
_OPML = """<opml version="2.0"><body><outline text="Havne">
<outline text="Havnen" xmlUrl="https://havn.example/feed.xml"/>
</outline></body></opml>"""


async def lived_in(world: World) -> None:
    """A group that Asta configured, and her private conversation."""
    newsroom = await world.newsroom()
    desk = await world.desk("desk")
    await world.desk("desk", "topic")
    async with world.database.begin() as tx:
        await tx.destinations.subscribe(desk, newsroom.id, by=str(ASTA), now=world.now)
        await tx.audit.note(desk, ASTA, "subscribe", before={}, after={"subscriptions": {}}, now=world.now)
        await tx.destinations.ensure(
            world.address("7"), kind=ConversationKind.PRIVATE, title="Asta\x1b[2J", language="da", timezone="UTC", now=world.now
        )


def rows(url: str, *queries: str) -> list[list[tuple[object, ...]]]:
    """What queries find."""
    found: list[list[tuple[object, ...]]] = []

    async def look(world: World) -> None:
        found.extend([await world.rows(query) for query in queries])

    prepared(url, look)
    return found


def test_a_person_is_forgotten(run: Run, database_url: str) -> None:
    """Their private conversation, and their name beside what they changed; the group stays."""
    prepared(database_url, lived_in)
    said = run("forget", "test:7", "--yes")
    assert said.exit_code == 0
    assert said.stdout.splitlines()[0] == "test:bot:7 (Asta\\x1b[2J)"
    assert "erased: 1 conversation" in said.stdout
    assert "erased beside that: 1 subscription, 1 change" in said.stdout
    assert rows(database_url, "SELECT conversation FROM destination ORDER BY id", "SELECT name FROM audit") == [
        [("desk",), ("desk",)],
        [("",)],
    ]


def test_a_conversation_is_forgotten_with_its_topics(run: Run, database_url: str) -> None:
    """By its address; without a yes nothing happens, and what is not there is said."""
    prepared(database_url, lived_in)
    kept = "SELECT conversation FROM destination ORDER BY id"
    for words in (
        ("forget", "test:bot:desk"),
        ("forget", "nobody"),
        ("forget", "test:bot:des", "--yes"),
        ("forget", "test:bot", "--yes"),
    ):
        run(*words)
        assert len(rows(database_url, kept)[0]) == 3, words
    assert "nothing is kept of" in run("forget", "test:bot:des", "--yes").stderr
    assert "1 subscription" in run("forget", "test:bot:desk", "--yes").stdout
    assert rows(database_url, kept, "SELECT * FROM subscription", "SELECT * FROM audit", "SELECT destination_id FROM lane") == [
        [("7",)],
        [],
        [],
        [(3,)],
    ]


def test_an_installation_is_exported_and_imported(run: Run, database_url: str, tmp_path: Path) -> None:
    """Into another one it brings everything, after a rehearsal that changes nothing; a second time there is nothing to do."""
    prepared(database_url, lived_in)
    assert run("import", str(_file(tmp_path / "list.opml", _OPML))).exit_code == 0
    said = run("export", "all.json")
    assert said.stdout == "all.json: 2 newsrooms, 3 conversations\n"
    assert run("export", "all.json").exit_code == 2
    assert run("export", "--destination", "test:bot:desk", "one.json").stdout == "one.json: 1 newsroom, 1 conversation\n"
    assert run("export", "list.opml", "--force").exit_code == 0
    assert 'xmlUrl="https://havn.example/feed.xml"' in (tmp_path / "list.opml").read_text()
    run("forget", "test:bot:desk", "--yes")
    before = rows(database_url, "SELECT * FROM destination", "SELECT * FROM subscription")
    assert "nothing was changed" in run("import", "--dry-run", "all.json").stdout
    assert rows(database_url, "SELECT * FROM destination", "SELECT * FROM subscription") == before
    done = run("import", "all.json")
    assert "test:bot:desk: Abonnement på Havnen oprettet" in done.stdout
    assert rows(database_url, "SELECT count(*) FROM destination", "SELECT created_by FROM subscription") == [
        [(3,)],
        [("cli:operator",)],
    ]
    assert "nothing is otherwise there" in run("import", "all.json").stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Line 1: this is no JSON"),
        (_OPML.replace("</outline></body>", "</body>"), "Line 3: this is no OPML"),
        (_OPML.replace("https:", "file:"), "Line 2:"),
        ('{"format": "pressevagt", "version": 1,\n"conversations": [{}]}', "does not say whose"),
    ],
)
def test_a_bad_file_changes_nothing(run: Run, database_url: str, tmp_path: Path, text: str, said: str) -> None:
    """It is said what is wrong with it, and where."""
    answer = run("import", str(_file(tmp_path / "bad", text)))
    assert (answer.exit_code, said in answer.stderr) == (2, True), answer.stderr
    assert rows(database_url, "SELECT * FROM newsroom") == [[]]


def test_a_fault_far_on_undoes_what_came_before(run: Run, database_url: str, tmp_path: Path) -> None:
    """One transaction."""
    prepared(database_url, lived_in)
    run("export", "all.json")
    text = (tmp_path / "all.json").read_text()
    said = json.loads(text)
    said["conversations"][0]["settings"]["length"] = "full"
    said["conversations"][-1]["settings"]["length"] = "endless"
    before = rows(database_url, "SELECT * FROM destination", "SELECT * FROM audit")
    answer = run("import", str(_file(tmp_path / "bad.json", json.dumps(said, indent=1))))
    assert answer.exit_code == 2
    assert "length" in answer.stderr
    assert rows(database_url, "SELECT * FROM destination", "SELECT * FROM audit") == before


def _file(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
