"""What the answers to gold examples lead to: somebody qualifies, or is paused."""

from accounts.models import User
from annotate.models import Project
from review.models import Qualification
from review.queries.gold import GoldScore, qualification_of, score_since
from review.queries.rules import rules_of
from review.services.pauses import pause_add


def gold_check(*, project: Project, by: User) -> None:
    """Look at a person's gold answers after one more: let them qualify, or pause them.

    Who has yet to qualify is judged once all that were wanted are answered; everybody else after every answer,
    over the last `gold_window` of them and not before there are as many. What was answered before somebody was
    last resumed does not count.
    """
    rules = rules_of(project)
    wanted = rules.stored.gold_accuracy
    state = qualification_of(project, by, rules)
    if state is None:
        score = score_since(project, by, last=rules.stored.gold_window)
        if score.asked >= rules.stored.gold_window and not score.reaches(wanted):
            pause_add(project=project, user=by, score=score, by=None)
    elif state.asked >= state.wanted:
        score = GoldScore(state.right, state.asked)
        if score.reaches(wanted):
            Qualification.objects.get_or_create(
                project=project, user=by, defaults={"right": score.right, "asked": score.asked}
            )
        else:
            pause_add(project=project, user=by, score=score, by=None)
