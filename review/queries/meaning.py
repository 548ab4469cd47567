"""What is said about similarity in meaning: who makes the vectors, how long that takes, what is missing."""

from django.conf import settings

from review.queries.vectors import vectors_missing
from review.remote import offline
from review.remote.embeddings import SLUG as EMBEDDINGS

# What the model on this machine was measured at, on one core.
OFFLINE_RATE = 25
MINUTES = 120  # from here on hours are told


def meaning_statement(examples: int) -> str:
    """Say who makes the vectors of a project's examples, and on this machine how long that takes."""
    server = settings.REMOTE_ENDPOINTS.get(EMBEDDINGS)
    if server:
        where = "the server that this site's operator has set up"
        return f"Vectors are made by {server['model']} on {where}: texts are sent there."
    minutes = max(round(examples / OFFLINE_RATE / 60), 1)
    time = f"{minutes} minute{'s' * (minutes > 1)}" if minutes < MINUTES else f"{round(minutes / 60)} hours"
    return (
        "Vectors are made on this machine by a small English model that sends no text anywhere, about"
        f" {OFFLINE_RATE} a second on each core: about {time} of one core for all examples of this project."
    )


def meaning_warning() -> str:
    """Say what has to be installed before examples can be compared in meaning; empty where nothing is missing."""
    if EMBEDDINGS not in settings.REMOTE_ENDPOINTS and not offline.offline_is_installed():
        return offline.MISSING
    return vectors_missing()
