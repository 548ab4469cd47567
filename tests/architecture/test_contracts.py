"""Each rule of the house breaks when somebody breaks it: an import is planted in a copy and the linter must object."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from config.environ import ROOT

PACKAGES = ("config", "review", "annotate", "jobs", "accounts")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def lint(folder: Path, contract: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--contract", contract],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_copy_as_it_is_keeps_every_rule(copy: Path):
    for contract in CONTRACTS:
        done = lint(copy, contract["id"])
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("contract", "file", "planted", "words"),
    [
        ("house", "annotate/queries.py", "import review.limits", "annotate.queries -> review.limits"),
        ("house", "annotate/views/planted.py", "from review.models import Label", "planted -> review.models"),
        ("house", "jobs/work.py", "import annotate.records", "jobs.work -> annotate.records"),
        ("house", "accounts/models.py", "import jobs.models", "accounts.models -> jobs.models"),
        ("house", "review/limits.py", "import config.environ", "review.limits -> config.environ"),
        ("floors", "annotate/models/planted.py", "import annotate.services", "planted -> annotate.services"),
        ("floors", "review/queries/planted.py", "import review.services", "planted -> review.services"),
        ("floors", "jobs/queries.py", "import jobs.services", "jobs.queries -> jobs.services"),
        ("floors", "accounts/forms.py", "import accounts.views", "accounts.forms -> accounts.views"),
        ("floors", "annotate/services/planted.py", "import annotate.tasks", "planted -> annotate.tasks"),
        ("floors", "review/sampling.py", "import review.models", "review.sampling -> review.models"),
        ("floors", "review/serializers.py", "import review.api", "review.serializers -> review.api"),
        ("floors", "annotate/helpers.py", "", "annotate.helpers"),
        ("pure", "review/limits.py", "from django.utils import timezone", "review.limits -> django"),
        ("pure", "annotate/formats/planted.py", "import celery", "planted -> celery"),
        ("pure", "annotate/records.py", "import annotate.planted", "annotate.planted -> psycopg"),
    ],
)
def test_a_planted_import_breaks_the_rule(copy: Path, contract: str, file: str, planted: str, words: str):
    path = copy / file
    before = path.read_text() if path.exists() else None
    path.write_text(f"{before or ''}\n{planted}\n")
    # What a pure module imports in its turn counts as well.
    (copy / "annotate" / "planted.py").write_text("import psycopg\n")
    done = lint(copy, contract)
    if before is None:
        path.unlink()
    else:
        path.write_text(before)
    (copy / "annotate" / "planted.py").unlink()
    assert done.returncode == 1
    assert words in " ".join(done.stdout.split()).replace("annotate.views.planted", "planted"), done.stdout


def test_the_lowest_floor_is_the_list_of_modules_without_django():
    by_id = {contract["id"]: contract for contract in CONTRACTS}
    lowest = {name.strip(" ()") for name in by_id["floors"]["layers"][-1].split(":")}
    without = [*by_id["pure"]["source_modules"], *by_id["remote"]["source_modules"]]
    assert lowest == {module.split(".")[1] for module in without}
