from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Each app's `tasks.py` registers its kinds of job, which web processes need as much as workers do.
        autodiscover_modules("tasks")
