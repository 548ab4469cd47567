"""Write docs/reference/api.md from the API's schema."""

from typing import Any

from django.core.management.base import BaseCommand

from config.api_reference import PAGE, api_page


class Command(BaseCommand):
    help = "Write docs/reference/api.md anew from the API's schema."

    def handle(self, *args: Any, **options: Any) -> None:
        PAGE.write_text(api_page())
