"""The other servers that may be asked about texts, as the site's operator has named them."""

import os
from collections.abc import Mapping

from config import environ as env
from config.environ import EnvironmentRefused, Setting


def endpoints_read(environ: Mapping[str, str] = os.environ) -> dict[str, dict[str, str]]:
    """Return by provider the url, model and key of each server that is set up. Raises EnvironmentRefused."""
    found = {
        "guard": _own(env.GUARD_URL, env.GUARD_MODEL, env.GUARD_API_KEY, environ),
        "openai-moderation": _service(env.MODERATION_URL, env.MODERATION_API_KEY, environ)
        | {"model": env.MODERATION_MODEL.read(environ)},
        "perspective": _service(env.PERSPECTIVE_URL, env.PERSPECTIVE_API_KEY, environ),
        "embeddings": _own(env.EMBEDDINGS_URL, env.EMBEDDINGS_MODEL, env.EMBEDDINGS_API_KEY, environ),
        "judge": _own(env.JUDGE_URL, env.JUDGE_MODEL, env.JUDGE_API_KEY, environ),
    }
    return {slug: endpoint for slug, endpoint in found.items() if endpoint.get("url")}


def _own(
    url: Setting[str], model: Setting[str], key: Setting[str], environ: Mapping[str, str]
) -> dict[str, str]:
    """Return a server of one's own: its address is what makes it, and it needs a model."""
    endpoint = {"url": url.read(environ), "model": model.read(environ), "key": key.read(environ)}
    if endpoint["url"] and not endpoint["model"]:
        raise EnvironmentRefused(f"{model.name} is missing: {url.name} needs it.")
    return endpoint


def _service(url: Setting[str], key: Setting[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return a service whose address is known: its key is what makes it."""
    return {"url": url.read(environ), "model": "", "key": key.read(environ)} if key.read(environ) else {}
