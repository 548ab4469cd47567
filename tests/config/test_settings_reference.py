"""The settings page is what the registry says, and the registry is what the code reads."""

import re

from config import environ
from config.environ import ROOT, SETTINGS, Setting
from config.reference import settings_page

PAGE = ROOT / "docs" / "reference" / "settings.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == settings_page(), "run `make docs`"


def test_every_setting_is_registered_once():
    made = [value for value in vars(environ).values() if isinstance(value, Setting)]
    assert sorted(made, key=id) == sorted(SETTINGS, key=id)
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


def test_no_other_module_reads_the_environment():
    reading = re.compile(r"os\.environ\s*(\.get\(|\[)|os\.getenv")
    found = [
        str(path.relative_to(ROOT))
        for package in ("config", "accounts", "jobs", "annotate", "review")
        for path in (ROOT / package).rglob("*.py")
        if reading.search(path.read_text())
    ]
    # The first sets one for the processes that it starts; the second is a switch of the tests.
    assert found == ["config/management/commands/up.py", "jobs/failpoints.py"]
