"""By what a project judges texts that stand in no dataset."""

from dataclasses import replace
from uuid import UUID

from annotate.models import Project
from annotate.records import Conversation
from review.loose import Standard, Stored
from review.queries.duplicates import exact_matches, near_matches, prompt_matches, shingles_of
from review.queries.policies import policy_of
from review.queries.scorers import measuring, options_of, resources_of
from review.scorers import SCORERS
from review.scorers.base import Measured


def standard_of(project: Project) -> Standard:
    """Return a project's policy and scorers, and what compares a text with its examples.

    What another server would judge stays unknown.
    """
    _, policy = policy_of(project)
    options = options_of(project, policy)
    here = measuring(options)
    scorers = tuple(scorer for scorer in SCORERS if scorer.slug in here)
    standard = Standard(policy, options, resources_of(project, options), scorers)

    def stored(conversation: Conversation, values: Measured) -> Stored:
        return _stored(project, standard, conversation, values)

    return replace(standard, stored=stored)


def _stored(project: Project, standard: Standard, conversation: Conversation, values: Measured) -> Stored:
    exact, prompt = UUID(values["exact_hash"]), UUID(values["prompt_hash"])
    twins = len(prompt_matches(project, exact, prompt)) if exact != prompt else 0
    if same := exact_matches(project, exact, most=1):
        return Stored(str(same[0].public_id), twins)
    if not (rule := standard.rule):
        return Stored(twins=twins)
    shingles = shingles_of(standard.options)
    near = near_matches(project, conversation, shingles=shingles, similarity=rule.similarity, most=1)
    return (
        Stored("", twins, str(near[0].example.public_id), near[0].similarity) if near else Stored(twins=twins)
    )
