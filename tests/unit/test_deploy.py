"""What stands in deploy/: held against the code, as far as it can be without a container engine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from fnmatch import fnmatch
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.alerts import dispatcher, ledger
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = ("compose.yaml", "compose.sqlite.yaml")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, each on one line."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]


def bot_service(name: str) -> dict[str, Any]:
    """The bot in a compose file."""
    loaded = yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))
    service: dict[str, Any] = loaded["services"]["bot"]
    return service


def settings() -> set[str]:
    """The names that settings have in the environment."""
    return {str(field.validation_alias).upper() for field in Settings.model_fields.values() if field.validation_alias}


def test_the_image_runs_as_nobody_in_particular_and_says_how_it_is() -> None:
    """Neither root at the end nor a base that changes its name; each package held against its hash; a health check."""
    said = instructions()
    assert [rest for word, rest in said if word == "USER"][-1].split(":")[0] not in {"root", "0"}
    assert all(re.search(r":(?!latest)\S+", rest) for word, rest in said if word == "FROM")
    installs = [rest for word, rest in said if word == "RUN" and "pip install" in rest]
    assert installs
    assert all("--require-hashes" in rest or "--no-deps" in rest for rest in installs)
    assert any(word == "HEALTHCHECK" and "/healthz" in rest for word, rest in said)
    assert not any(word == "ADD" for word, _ in said)


def test_the_health_check_asks_the_bot_itself(tmp_path: Path) -> None:
    """Whatever proxy the container was given, as Docker does by itself where one is set for its user."""
    (check,) = (rest.partition("CMD ")[2] for word, rest in instructions() if word == "HEALTHCHECK")
    (tmp_path / "healthz").write_text("ok")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _, *arguments = json.loads(check.replace(":8080/", f":{server.server_port}/"))
        nowhere = {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
        well = subprocess.run([sys.executable, *arguments], env=nowhere, capture_output=True, check=False, timeout=60)
        (tmp_path / "healthz").unlink()
        ill = subprocess.run([sys.executable, *arguments], env=nowhere, capture_output=True, check=False, timeout=60)
        server.shutdown()
    assert (well.returncode, ill.returncode) == (0, 1), well.stderr


@pytest.mark.parametrize("name", COMPOSE)
def test_what_is_under_way_may_come_to_its_end(name: str) -> None:
    """A send takes its time, and so does what is written down after it."""
    granted = re.fullmatch(r"(\d+)s", bot_service(name)["stop_grace_period"])
    assert granted is not None
    assert int(granted[1]) > dispatcher.STOP_WITHIN + ledger.STOP_WITHIN


def test_what_goes_into_the_image_is_there_and_nothing_else_is_sent_along() -> None:
    """Every file that is copied exists and is let in; secrets, databases and history are not."""
    rules = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = [rule[1:] for rule in rules if rule.startswith("!")]
    assert "*" in rules
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert any(fnmatch(source, rule) for rule in let_in), source
    assert not {".env", ".git", "deploy", "tests"} & set(let_in)


def test_settings_that_deployments_name_exist() -> None:
    """A misspelt one would be no setting."""
    known = settings()
    assert "DATABASE_URL" in known
    named = set(re.findall(r"\b((?:PRESSEVAGT|TELEGRAM|SLACK)_[A-Z_]+)=", (DEPLOY / "Dockerfile").read_text(encoding="utf-8")))
    for name in COMPOSE:
        named |= set(bot_service(name)["environment"])
    assert named
    assert named <= known


@pytest.mark.parametrize("name", COMPOSE)
def test_composed_the_bot_may_write_to_its_data_alone(name: str) -> None:
    """A file system that is read, no privileges, and ports for this machine alone: the proxy with TLS stands in front."""
    bot = bot_service(name)
    assert bot["read_only"] is True
    assert bot["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in bot["security_opt"]
    assert all(str(port).startswith("127.0.0.1:") for port in bot["ports"])
    assert (DEPLOY / bot["build"]["context"] / bot["build"]["dockerfile"]).exists()


def test_the_unit_is_one_that_systemd_takes() -> None:
    """Every line of it; that it is not installed here is no fault."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not on this machine")
    unit = str(DEPLOY / "pressevagt.service")
    said = subprocess.run([analyze, "verify", unit], capture_output=True, text=True, check=False, timeout=60)
    faults = [line for line in said.stderr.splitlines() if "pressevagt.service" in line and "is not executable" not in line]
    assert faults == []
    safe = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=15", unit], capture_output=True, check=False, timeout=60
    )
    assert safe.returncode == 0, "more exposed than 1.5 of 10"


def test_what_is_installed_holds_all_that_it_needs(tmp_path: Path) -> None:
    """A wheel, unpacked elsewhere, does the main job there: languages, catalogue and migrations are in it."""
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "installed")
    home = tmp_path / "home"
    home.mkdir()
    code = "import bot, bot.cli; print(bot.__file__); bot.cli.main(['demo'])"
    environment = {"PYTHONPATH": str(tmp_path / "installed"), "HOME": str(home), "PATH": os.environ.get("PATH", "")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="/contact um\n/quit\n",
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path / "installed"))
    assert "ikke SMS" in done.stdout
