import pytest

from review.quality import forest


@pytest.fixture(autouse=True)
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forest of few trees says the same in a fifth of the time."""
    monkeypatch.setattr(forest, "TREES", 30)
