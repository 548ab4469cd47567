"""What every page loads stays small and few, by the files that base.html names."""

import gzip
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"


def loaded() -> list[Path]:
    """Return the static files that a page of ours makes a browser fetch, before any of its own."""
    head = (ROOT / "templates" / "base.html").read_text().split("</head>")[0]
    return [*(STATIC / name for name in re.findall(r"{% static '([^']+)' %}", head)), STATIC / "icons.svg"]


def test_frame_is_at_most_40_kb_in_9_files() -> None:
    files = loaded()
    assert len(files) <= 9
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= 40_000
