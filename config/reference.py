"""Writes docs/reference/settings.md from the registry of settings: `python -m config.reference`."""

from config.environ import ROOT, SETTINGS, Setting

INTRODUCTION = """\
# Settings

Winnow is set up by environment variables alone. This page is written from `config/environ.py` by `make docs`.

There are two modes. Without `DATABASE_URL` Winnow is **embedded**: it starts its own PostgreSQL under `WINNOW_HOME`,
makes its own key and serves this machine. With `DATABASE_URL` it is in **production**: it refuses to start without a
`SECRET_KEY` and `ALLOWED_HOSTS`, and expects https.

Switches are `on` or `off`. A blank variable counts as unset.
"""


def _entry(setting: Setting[object]) -> str:
    default = setting.default_words or f"`{setting.default}`"
    return f"## {setting.name}\n\n{setting.help}\n\nType: {setting.kind}. Default: {default}.\n"


def settings_page() -> str:
    """Return the page: one heading for each setting."""
    return "\n".join([INTRODUCTION, *(_entry(setting) for setting in SETTINGS)])


if __name__ == "__main__":
    (ROOT / "docs" / "reference" / "settings.md").write_text(settings_page())
