"""What the default limits of format and length keep of public data; counted once, and shall not move unseen."""

import os
from collections import Counter
from pathlib import Path

import pytest

from annotate.formats import read_record
from annotate.reading import Line, open_source
from review.policies import DEFAULT_POLICY, Policy
from review.scorers import measure
from review.scorers.format import Format
from review.scorers.length import Length
from review.verdicts import verdict

SAMPLES = os.environ.get("WINNOW_SAMPLES", "")


@pytest.mark.skipif(not SAMPLES, reason="WINNOW_SAMPLES names no folder of public data")
@pytest.mark.parametrize(
    ("name", "kept", "dropped"),
    [
        ("instruct/gsm8k_alpaca.json.gz", 7_463, {"length": 10}),
        ("instruct/gpteacher_roleplay.json.gz", 1_923, {}),
        ("chat/fastchat_dummy_conversation.json", 168, {"length": 332}),
        ("instruct/llamafactory_identity.json", 4, {"format": 85, "length": 2}),
    ],
)
def test_the_funnel_of_public_data(name: str, kept: int, dropped: dict[str, int]) -> None:
    lines = [line for line in open_source(Path(SAMPLES) / name, name) if isinstance(line, Line)]
    values = measure([read_record(line.record) for line in lines], [Format(), Length()])
    policy = Policy(DEFAULT_POLICY.limits[:2])
    verdicts = [verdict(found, policy) for found in values]
    assert Counter(found.dropped_by for found in verdicts if not found.kept) == dropped
    assert sum(found.kept for found in verdicts) == kept
