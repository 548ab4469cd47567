"""The providers of toxicity scores by name, and how each is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from review.remote.client import ATTEMPTS, Client, Clock, Endpoint
from review.remote.errors import EndpointRefused
from review.remote.findings import Provider
from review.remote.guards import ChatGuard, Wire, with_version
from review.remote.moderation import DEFAULT_MODEL, OpenAIModeration
from review.remote.parsers import parser_for
from review.remote.perspective import INTERVAL, Perspective, perspective_serves


@dataclass(frozen=True, slots=True)
class Site:
    """What the site's operator has set: an endpoint for each provider that may be used, by its slug.

    `concurrency` is the number of requests under way at a time in one process; `timeout` is in seconds.
    """

    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    guard_format: str = ""
    concurrency: int = 4
    timeout: float = 30.0
    attempts: int = ATTEMPTS
    clock: Clock = field(default_factory=Clock)

    def client(self, url: str, headers: Mapping[str, str], *, interval: float = 0.0) -> Client:
        """Return a client for one server within the site's limits; close it after use."""
        return Client(
            url,
            headers=headers,
            timeout=self.timeout,
            attempts=self.attempts,
            concurrency=1 if interval else self.concurrency,
            interval=interval,
            clock=self.clock,
        )


def bearer(endpoint: Endpoint) -> dict[str, str]:
    """Return the header that carries the key, if there is one."""
    return {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}


def provider_make(slug: str, site: Site, today: date) -> Provider:
    """Return the provider, whose client is to be closed. Raises EndpointRefused in words for a person.

    `today` is for the one whose service ends.
    """
    if slug not in MAKERS:
        raise EndpointRefused(f"There is no provider {slug!r}.")
    endpoint = site.endpoints.get(slug)
    if endpoint is None:
        raise EndpointRefused(f"This site has no {LABELS[slug]}: its operator sets {NEEDED[slug]}.")
    return MAKERS[slug](site, endpoint, today)


def model_asked(slug: str, site: Site) -> str:
    """Return the name of the model that a provider would ask for; empty where it is not set up."""
    endpoint = site.endpoints.get(slug)
    return "" if endpoint is None else endpoint.model or DEFAULTS.get(slug, "")


def paced(slug: str) -> bool:
    """Say whether a provider allows so many requests a second, whoever sends them."""
    return slug == Perspective.slug


def _guard(site: Site, endpoint: Endpoint, _: date) -> Provider:
    wire = Wire.of(endpoint.url)
    parser = parser_for(endpoint.model, site.guard_format)
    return ChatGuard(site.client(wire.base, bearer(endpoint)), wire, endpoint.model, parser)


def _moderation(site: Site, endpoint: Endpoint, _: date) -> Provider:
    client = site.client(with_version(endpoint.url).removesuffix("/moderations"), bearer(endpoint))
    return OpenAIModeration(client, model_asked(OpenAIModeration.slug, site))


def _perspective(site: Site, endpoint: Endpoint, today: date) -> Provider:
    perspective_serves(today)
    # Not in the address, where the service takes it as well: addresses are logged on the way.
    headers = {"X-Goog-Api-Key": endpoint.key}
    return Perspective(
        site.client(endpoint.url, headers, interval=INTERVAL), model_asked(Perspective.slug, site)
    )


MAKERS: Mapping[str, Callable[[Site, Endpoint, date], Provider]] = {
    ChatGuard.slug: _guard,
    OpenAIModeration.slug: _moderation,
    Perspective.slug: _perspective,
}
LABELS = {
    ChatGuard.slug: "guard model",
    OpenAIModeration.slug: "OpenAI moderation",
    Perspective.slug: "Perspective",
}
NEEDED = {
    ChatGuard.slug: "GUARD_URL and GUARD_MODEL",
    OpenAIModeration.slug: "MODERATION_API_KEY",
    Perspective.slug: "PERSPECTIVE_API_KEY",
}
DEFAULTS = {OpenAIModeration.slug: DEFAULT_MODEL, Perspective.slug: Perspective.slug}
