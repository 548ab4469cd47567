"""What another server has to be asked about, and which one the operator and the project have chosen."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db.models import F, Q, QuerySet

from annotate.models import Dataset, Example
from review.policies import Policy
from review.queries.policies import policy_of
from review.queries.scorers import options_of, scorer_ids
from review.remote import offline
from review.remote.client import Endpoint
from review.remote.embeddings import SLUG as EMBEDDINGS
from review.remote.embeddings import Embedder, embedder_make
from review.remote.providers import Site, model_asked
from review.scorers.toxicity import REMOTE_PROVIDERS, Toxicity

TOXICITY = Toxicity.slug
DETAILS = f"measurement__details__{TOXICITY}"


def site() -> Site:
    """Return the servers that this site's operator has set up."""
    endpoints = {slug: Endpoint(**named) for slug, named in settings.REMOTE_ENDPOINTS.items()}
    return Site(
        endpoints,
        settings.REMOTE_GUARD_FORMAT,
        concurrency=settings.REMOTE_CONCURRENCY,
        timeout=settings.REMOTE_TIMEOUT,
    )


def provider_chosen(policy: Policy) -> str:
    """Return the slug of the provider that a policy has judge toxicity, or "" where no other server is asked."""
    chosen = policy.options.get(TOXICITY, {}).get("provider", "")
    return chosen if chosen in REMOTE_PROVIDERS else ""


def remote_due(dataset: Dataset, *, scorer: int, model: str, again: bool) -> QuerySet[Example]:
    """Return a dataset's examples whose text that ScorerVersion by that model has not judged.

    Those that a server failed to judge are among them if `again` is asked for.
    """
    judged = Q(
        measurement__revision__gte=F("revision"),
        measurement__scorers__contains=[scorer],
        **{f"{DETAILS}__model": model},
    )
    due = ~judged | Q(**{f"{DETAILS}__again": True}) if again else ~judged
    return Example.objects.submitted().filter(due, dataset=dataset)


def remote_is_pending(dataset: Dataset) -> bool:
    """Say whether the provider that the project's policy names has texts of the dataset still to judge."""
    _, policy = policy_of(dataset.project)
    slug = provider_chosen(policy)
    if not slug:
        return False
    scorer = scorer_ids(options_of(dataset.project, policy), [TOXICITY])[TOXICITY]
    return remote_due(dataset, scorer=scorer, model=model_asked(slug, site()), again=False).exists()


def meaning_limit(policy: Policy) -> float | None:
    """Return the cosine from which on a policy has examples count as similar in meaning, or None where it is off."""
    limit = policy.limit("semantic")
    return None if limit is None else limit.maximum


def embedding_model() -> str:
    """Return the name of the model that makes this site's vectors."""
    return settings.REMOTE_ENDPOINTS.get(EMBEDDINGS, {}).get("model") or offline.MODEL


@contextmanager
def embedder() -> Iterator[Embedder]:
    """Give what makes this site's vectors: the server that is set up, else the model on this machine.

    Raises EndpointRefused, in words for a person, where there is neither.
    """
    if EMBEDDINGS not in settings.REMOTE_ENDPOINTS:
        yield offline.OfflineEmbedder()
        return
    made = embedder_make(site())
    with made.client:
        yield made
