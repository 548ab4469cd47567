"""Try out the servers that judge toxicity, make embeddings or score by a rubric, as the operator has set them up."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from review.queries.remote import site
from review.remote.embeddings import SLUG as EMBEDDINGS
from review.remote.embeddings import embedder_make
from review.remote.errors import EndpointRefused
from review.remote.guards import SAFE, guard_try
from review.remote.judge import SLUG as JUDGE
from review.remote.judge import judge_make, judge_try
from review.remote.providers import provider_make


class Command(BaseCommand):
    help = (
        "Ask each server that is set up about two texts whose verdicts are known, and print one line for each."
        " Fails where one cannot be used."
    )

    def handle(self, *args: Any, **options: Any) -> str:
        if not settings.REMOTE_ENDPOINTS:
            return "No server is set up: toxicity is judged on this machine."
        told = {slug: _tried(slug) for slug in settings.REMOTE_ENDPOINTS}
        lines = "\n".join(f"{slug}: {why or 'works'}" for slug, why in told.items())
        if any(told.values()):
            raise CommandError(lines)
        return lines


def _tried(slug: str) -> str:
    """Return why a server cannot be used, or nothing."""
    try:
        if slug == JUDGE:
            return _judge()
        return _embedding() if slug == EMBEDDINGS else _judgement(slug)
    except EndpointRefused as refusal:
        return str(refusal)


def _judgement(slug: str) -> str:
    provider = provider_make(slug, site(), timezone.localdate())
    with provider.client:
        if provider.tried_out:
            guard_try(provider)
            return ""
        return provider.judge([SAFE], lambda: None)[0].reason


def _embedding() -> str:
    embedder = embedder_make(site())
    with embedder.client:
        return embedder.embed([SAFE.prompt])[0].reason


def _judge() -> str:
    judge = judge_make(site())
    with judge.client:
        judge_try(judge)
    return ""
