import pytest

from review.quality.ladder import Step, next_needs, next_step, step_of


@pytest.mark.parametrize(
    ("good", "bad", "step", "after", "needs"),
    [
        (0, 0, "none", "features", "Label 20 more, at least 5 of them good and at least 5 of them bad"),
        (14, 5, "none", "features", "Label 1 more"),
        (15, 5, "features", "words", "Label 30 more"),
        (5, 15, "features", "words", "Label 30 more"),
        (100, 0, "none", "features", "Label 5 more, at least 5 of them bad"),
        (17, 2, "none", "features", "Label 3 more, at least 3 of them bad"),
        (500, 4, "none", "features", "Label 1 more, at least 1 of them bad"),
        (44, 5, "features", "words", "Label 1 more"),
        (45, 5, "words", "averaged", "Label 150 more"),
        (150, 49, "words", "averaged", "Label 1 more"),
        (150, 50, "averaged", None, ""),
    ],
)
def test_what_so_many_labels_allow_and_what_comes_next(
    good: int, bad: int, step: str, after: str | None, needs: str
) -> None:
    assert step_of(good, bad).value == step
    assert next_step(good, bad) is (Step(after) if after else None)
    assert next_needs(good, bad) == needs


def test_only_the_first_model_is_a_preview_and_reads_no_words() -> None:
    assert [step.is_preview for step in Step] == [False, True, False, False]
    assert [step.has_words for step in Step] == [False, False, True, True]
    assert len({step.label for step in Step}) == len(Step)
