"""The pages about the API: the reference is the schema, and every command of the how-to does what it says."""

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.services import token_make
from annotate.models import Dataset, Project
from config.api_reference import PAGE, api_page
from config.environ import ROOT
from jobs.models import Job
from review.queries.classifiers import active_version
from tests.cast import Cast
from tests.review.scene import done
from tests.review.test_classifiers import many

__all__ = ["many"]

NAMES = "WINNOW TOKEN PROJECT job version"
HOW_TO = (ROOT / "docs" / "how-to" / "api.md").read_text()


class Shell:
    """Runs one block of commands after the other, each in a shell that knows what those before it have set."""

    def __init__(self, folder: Path) -> None:
        self.known = folder / "known"
        self.known.touch()

    def __call__(self, block: str) -> str:
        kept = f"{{ declare -p {NAMES} 2>/dev/null || true; declare -f; }} > {self.known}"
        script = f"set -euo pipefail\n. {self.known}\n{block}\n{kept}"
        ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=120)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout


@pytest.mark.django_db
def test_the_reference_is_what_the_schema_says() -> None:
    assert PAGE.read_text() == api_page(), "run `make docs`"


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash")
@pytest.mark.django_db(transaction=True)
def test_the_commands_train_wait_and_activate(
    many: Dataset, project: Project, cast: Cast, live_server: Any, tmp_path: Path
) -> None:
    _, secret = token_make(user=cast.manager, name="Test", lifetime=timedelta(days=1), by=cast.manager)
    own = {"http://localhost:8000": live_server.url, "winnow_…": secret, "everyday-helper": project.slug}
    settings, helps, who, train, wait, over, figures, versions, activate = blocks(own)
    shell = Shell(tmp_path)
    shell(settings)
    shell(helps)
    assert '"manager@winnow.example"' in shell(who)
    shell(train)
    done(Job.objects.get(kind="train-classifier"))
    shell(wait)
    assert shell(over) == "done\n"
    assert shell(figures).startswith("Better than length: ")
    assert '"count":1' in shell(versions)
    assert '"kind":"score-quality"' in shell(activate)
    done(Job.objects.get(kind="score-quality"))
    assert '"job":null' in shell(activate)
    active = active_version(project)
    assert (active and active.number, active and active.activated_by) == (1, cast.manager)


def blocks(own: dict[str, str]) -> list[str]:
    """Return the page's commands, with what a reader puts in."""
    text = HOW_TO
    for theirs, ours in own.items():
        assert theirs in text
        text = text.replace(theirs, ours)
    return re.findall(r"^```sh\n(.+?)^```$", text, re.MULTILINE | re.DOTALL)
