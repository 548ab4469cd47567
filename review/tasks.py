"""The kinds of background work that review brings."""

from typing import Any

from celery import shared_task

from annotate.access import role_in
from annotate.models import Membership, Project
from jobs.kinds import Kind, Rate, register
from jobs.models import Job
from review.queries.rates import scorer_rates
from review.services import (
    classifier_scores,
    classifiers,
    embedding,
    grouping,
    imported_labels,
    judging,
    label_tallies,
    meaning,
    picks,
    release_finishing,
    release_writing,
    releases,
    remote,
    screening,
    selection_making,
    selections,
    tallies,
)
from review.services.grouping_steps import grouping_rates


@shared_task(name="review.catch_up", ignore_result=True)
def catch_up() -> None:
    """Screen what was written or edited since the last screening, compare anew what lost one that it resembled, train
    and score where a classifier is behind, and count many labels and large datasets that have changed.
    """
    screening.screenings_catch_up()
    grouping.groupings_catch_up()
    meaning.meanings_catch_up()
    label_tallies.label_tallies_catch_up()
    imported_labels.imported_tallies_catch_up()
    classifiers.trainings_catch_up()
    classifier_scores.scores_catch_up()
    picks.picks_catch_up()
    tallies.tallies_catch_up()


def _role(user: Any, job: Job) -> str | None:
    return role_in(user, Project.objects.get(pk=job.payload["project"]))


def _is_member(user: Any, job: Job) -> bool:
    return _role(user, job) is not None


def _reviews(user: Any, job: Job) -> bool:
    return _role(user, job) in (Membership.Role.MANAGER, Membership.Role.REVIEWER)


def _manages(user: Any, job: Job) -> bool:
    return _role(user, job) == Membership.Role.MANAGER


def _scorer_rates(job: Job) -> list[Rate]:
    return [rate for rate in scorer_rates(job).values() if rate.done]


register(
    Kind(
        slug=screening.KIND,
        run=screening.screening_run,
        finish=screening.screening_finish,
        may_see=_is_member,
        may_cancel=_manages,
        page=screening.screening_page,
        plural="Screenings",
        rates=_scorer_rates,
    )
)
register(
    Kind(
        slug=grouping.KIND,
        run=grouping.grouping_run,
        finish=grouping.grouping_finish,
        may_see=_is_member,
        may_cancel=_manages,
        page=grouping.grouping_page,
        plural="Searches for duplicates",
        rates=grouping_rates,
    )
)
register(
    Kind(
        slug=remote.KIND,
        run=remote.remote_run,
        finish=remote.remote_finish,
        may_see=_is_member,
        may_cancel=_manages,
        page=remote.remote_page,
        plural="Judgements by another server",
    )
)
register(
    Kind(
        slug=embedding.KIND,
        run=embedding.embedding_run,
        finish=embedding.embedding_finish,
        may_see=_is_member,
        may_cancel=_manages,
        page=embedding.embedding_page,
        plural="Readings for meaning",
    )
)
register(
    Kind(
        slug=meaning.KIND,
        run=meaning.meaning_run,
        finish=meaning.meaning_finish,
        may_see=_is_member,
        may_cancel=_manages,
        page=meaning.meaning_page,
        plural="Comparisons in meaning",
    )
)
register(
    Kind(
        slug=classifiers.KIND,
        run=classifiers.training_run,
        finish=classifiers.training_finish,
        may_see=_reviews,
        may_cancel=_manages,
        page=classifiers.training_page,
        plural="Trainings",
    )
)
register(
    Kind(
        slug=classifier_scores.KIND,
        run=classifier_scores.scores_run,
        finish=classifier_scores.scores_finish,
        may_see=_is_member,
        may_cancel=_manages,
        page=classifier_scores.scores_page,
        plural="Scores by the classifier",
    )
)
register(
    Kind(
        slug=judging.KIND,
        run=judging.judge_run,
        finish=judging.judge_finish,
        may_see=_manages,
        may_cancel=_manages,
        page=judging.judge_page,
        plural="Scores by the judge",
        rates=judging.judge_rates,
    )
)
register(
    Kind(
        slug=releases.KIND,
        run=release_writing.release_run,
        finish=release_finishing.release_finish,
        may_see=_reviews,
        may_cancel=_manages,
        abandon=release_finishing.release_abandon,
        page=releases.release_page,
        plural="Releases",
    )
)
register(
    Kind(
        slug=selections.KIND,
        run=selection_making.selection_run,
        finish=selection_making.selection_finish,
        may_see=_reviews,
        may_cancel=_manages,
        abandon=selection_making.selection_abandon,
        page=selections.selection_page,
        plural="Selections",
    )
)
