"""Static files are collected when one has changed, and not at every start."""

from pathlib import Path

from config.static_files import collect_if_changed


def test_files_are_collected_once_and_again_after_a_change(settings, tmp_path: Path):
    settings.STATIC_ROOT = tmp_path / "static"
    assert collect_if_changed() is True
    assert (tmp_path / "static" / "css" / "tokens.css").exists()
    assert collect_if_changed() is False
    settings.STORAGES = settings.STORAGES | {"staticfiles": settings.STORAGES["staticfiles"] | {"OPTIONS": {}}}
    assert collect_if_changed() is True
