"""Static files are collected when one has changed, and not at every start."""

from pathlib import Path

from config.static_files import collect_if_changed


def test_files_are_collected_once_and_again_after_a_change(settings, tmp_path: Path):
    settings.STATIC_ROOT = tmp_path / "static"
    assert collect_if_changed() is True
    assert (tmp_path / "static" / "css" / "tokens.css").exists()
    assert collect_if_changed() is False
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": settings.STORAGES["staticfiles"] | {"OPTIONS": {}}
    }
    assert collect_if_changed() is True


def test_a_module_imports_others_by_their_hashed_names(settings, tmp_path: Path):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "config.static_storage.HashedStaticFiles"}
    }
    collect_if_changed()
    (importer,) = (tmp_path / "static" / "js").glob("autosave.*.js")
    (imported,) = (tmp_path / "static" / "js").glob("kept.*.js")
    assert f'from "./{imported.name}"' in importer.read_text()
