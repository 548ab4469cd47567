"""Where the lists of what samples were drawn from lie."""

from pathlib import Path

from django.conf import settings


def samples_folder() -> Path:
    """Return where the lists of all samples lie."""
    return Path(settings.MEDIA_ROOT) / "samples"
