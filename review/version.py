"""Which Winnow this is."""

import tomllib
from functools import cache
from pathlib import Path


@cache
def winnow_version() -> str:
    """Return the version that `pyproject.toml` declares: Winnow runs from its checkout and is not installed."""
    text = (Path(__file__).resolve().parent.parent / "pyproject.toml").read_text("utf-8")
    return str(tomllib.loads(text)["project"]["version"])
