"""The checklist: each measured point on both sides of its edge."""

from dataclasses import replace

import pytest

from review.readiness import POINTS, Facts, findings

READY = Facts(
    approved=500,
    has_guidelines=True,
    alpha=0.7,
    alpha_wanted=0.7,
    evaluation_sets=1,
    contaminated=0,
    unchecked=0,
)


def test_every_measured_point_is_judged_and_no_other() -> None:
    assert set(findings(READY)) == {point.slug for point in POINTS if point.measured}
    assert len({point.slug for point in POINTS}) == len(POINTS) == 6


def test_a_ready_project_holds_every_measured_point() -> None:
    assert all(finding.holds for finding in findings(READY).values())


@pytest.mark.parametrize(
    ("change", "point", "words"),
    [
        ({"approved": 499}, "examples", "499 approved. 1 more are needed."),
        ({"has_guidelines": False}, "task", "No guidelines are written."),
        ({"alpha": None}, "task", "Too few examples were labelled twice"),
        ({"alpha": 0.69}, "task", "alpha 0.69; 0.70 is asked for"),
        ({"evaluation_sets": 0}, "evaluation", "No evaluation set is uploaded."),
        ({"contaminated": 3}, "evaluation", "3 approved examples hold items of it."),
        ({"unchecked": 2}, "evaluation", "2 approved examples were not compared with it yet."),
    ],
)
def test_one_lack_fails_its_point_alone_and_says_why(
    change: dict[str, object], point: str, words: str
) -> None:
    found = findings(replace(READY, **change))  # type: ignore[arg-type]
    assert [slug for slug, finding in found.items() if not finding.holds] == [point]
    assert words in found[point].words
