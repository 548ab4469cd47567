"""Personal data taken out of an example's text."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from annotate.models import Draft, Example
from annotate.services.examples import StaleRevision, example_submit
from review.personal import without
from review.queries.personal import places_of


class NothingToReplace(Exception):
    """The text holds none of the personal data that was to be replaced."""


class DraftThere(Exception):
    """The person has typed something else into this example and not submitted it."""


@transaction.atomic
def personal_data_replace(
    *, example: Example, revision: int, by: User, keys: Collection[str] | None = None
) -> Example:
    """Replace personal data in a text by typed placeholders such as [EMAIL], as a new revision.

    `keys` names the places (`review.personal.Place.key`) in the text of `revision`; None is all. The way back is
    the example's history. Raises StaleRevision when the text was edited meanwhile, NothingToReplace, DraftThere,
    and NotReady where the rest of the text cannot be submitted as it is.
    """
    current = Example.objects.select_related("dataset__project").get(pk=example.pk)
    if current.revision != revision:
        raise StaleRevision(current)
    places = [place for place in places_of(current) if keys is None or place.key in keys]
    if not places:
        raise NothingToReplace
    # Submitting throws away the person's draft, which here is not the text submitted.
    if Draft.objects.filter(example=current, user=by).exists():
        raise DraftThere
    return example_submit(
        example=current, conversation=without(current.conversation, places), based_on=revision, by=by
    )
