import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from annotate.records import Conversation, Turn
from review.languages import MEMBERS
from review.scorers.base import Resources
from review.scorers.language import Language

SAMPLES = os.environ.get("WINNOW_SAMPLES", "")
CODE = "def f(n: int) -> int:\n    dp = [[0] * (n + 1) for _ in range(n)]\n    return dp[n]"


def measured(*turns: Turn) -> dict[str, Any]:
    (found,) = Language().prepare({}, Resources())([Conversation(turns)])
    return found


@pytest.mark.parametrize(
    ("answer", "language"),
    [
        ("The cat sat on the mat and looked out of the window at the rain.", "en"),
        ("Die Katze saß auf der Matte und schaute aus dem Fenster in den Regen.", "de"),
        ("Le chat était assis sur le tapis et regardait la pluie par la fenêtre.", "fr"),
        ("El gato se sentó en la alfombra y miró la lluvia por la ventana.", "es"),
        ("Вчера вечером мы ещё долго сидели на кухне, вспоминали детство и думали, что будет дальше.", "ru"),
        ("猫坐在垫子上看着窗外的雨。", "zh"),
        ("猫はマットの上に座って、窓の外の雨を見ていました。", "ja"),
        ("고양이가 매트 위에 앉아 창밖의 비를 바라보았다.", "ko"),
        ("جلست القطة على السجادة ونظرت إلى المطر من النافذة.", "ar"),
        ("", "und"),
        ("42", "und"),
        ("fifteen letters", "und"),  # 14
        ("3.14159 + 2.71828 = 5.85987 and so on", "und"),
        ("天气很好。", "und"),  # four of three bytes
    ],
)
def test_the_answer_names_the_language(answer: str, language: str) -> None:
    found = measured(Turn("user", ""), Turn("assistant", answer))
    assert found["language"] == language
    assert (found["language_certainty"] > 0.5) is (language != "und")


@pytest.mark.parametrize(
    ("answer", "language"), [("The sun was very ho", "und"), ("The sun was very hot", "en")]
)
def test_the_edge_of_what_is_too_short(answer: str, language: str) -> None:
    assert measured(Turn("assistant", f"1 + 2 = 3: {answer}!"))["language"] == language


def test_a_short_answer_is_read_with_its_instruction_and_a_translation_by_itself() -> None:
    asked = Turn("user", "How many people live in the capital city of the country?")
    assert measured(asked, Turn("assistant", "42"))["language"] == "en"
    french = "Combien de personnes habitent dans la capitale de ce pays ? " * 4
    assert (
        measured(
            Turn("user", "Translate into French, please: " + "how many? " * 9), Turn("assistant", french)
        )["language"]
        == "fr"
    )


def test_where_the_answer_is_code_the_instruction_speaks() -> None:
    asked = Turn("user", "Schreibe bitte eine Funktion, die für jede Zahl die Summe aller Teiler berechnet.")
    assert measured(asked, Turn("assistant", CODE))["language"] == "de"
    assert measured(Turn("assistant", CODE))["language_certainty"] < 0.9


def test_only_the_beginning_is_read() -> None:
    english = "The cat sat on the mat and looked out of the window. " * 5
    assert measured(Turn("assistant", english + "die Katze saß auf der Matte " * 50)) == measured(
        Turn("assistant", english)
    )


def test_members_go_by_their_macrolanguage() -> None:
    assert all(len(code) == 2 for code in MEMBERS.values())
    assert measured(Turn("assistant", "侬好今朝天气老好个阿拉一道去白相伐"))["language"] == "zh"


def test_threads_share_the_model() -> None:
    measure = Language().prepare({}, Resources())
    texts = [
        Conversation((Turn("assistant", f"The number of the day is {n}, said the cat."),)) for n in range(50)
    ]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: measure([text])[0], texts)) == measure(texts)


@pytest.mark.skipif(not SAMPLES, reason="WINNOW_SAMPLES names no folder of public data")
@pytest.mark.parametrize(
    ("file", "language"), [("belle_zh_seed_tasks.jsonl", "zh"), ("self_instruct_seed_tasks.jsonl", "en")]
)
def test_real_instructions(file: str, language: str) -> None:
    lines = (Path(SAMPLES) / "instruct" / file).read_text().splitlines()
    asked = [Conversation((Turn("user", json.loads(line)["instruction"]),)) for line in lines]
    found = [row["language"] for row in Language().prepare({}, Resources())(asked)]
    assert found.count(language) >= 0.97 * len(found)
