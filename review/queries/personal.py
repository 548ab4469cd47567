"""Personal data in an example as it is now, by the project's options."""

from collections.abc import Sequence

from annotate.models import Example
from annotate.records import Turn
from review.personal import Place
from review.queries.policies import policy_of
from review.scorers.personal_data import PersonalData, search_of


def places_of(example: Example, turns: Sequence[Turn] | None = None) -> list[Place]:
    """Return what an example holds, or other turns by the options of its project.

    Looked for anew: a measurement may be of an earlier revision, and a text takes well under a millisecond.
    """
    _, policy = policy_of(example.dataset.project)
    search = search_of(policy.options.get(PersonalData.slug, {}))
    return search.places(example.conversation.turns if turns is None else turns)
