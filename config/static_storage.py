"""Static files under hashed names, the modules that other modules import included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; without the switch an imported module keeps its plain name and a short cache time."""

    support_js_module_import_aggregation = True
