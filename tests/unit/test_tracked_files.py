"""What no file of the project may say."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# In pieces, so that this file does not name what it looks for.
FORBIDDEN = re.compile("|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "registry" + r"\.npmjs", r"deb\." + r"debian\.org")))


def test_no_file_names_the_host_of_a_package_registry() -> None:
    """Where packages come from is for whoever installs to say."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("this is no clone: what is tracked is not known")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    assert len(files) > 100
    assert [str(path) for path in files if FORBIDDEN.search(path.read_text(encoding="utf-8", errors="replace"))] == []
