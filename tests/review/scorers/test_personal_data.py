from typing import Any

import pytest

from annotate.records import Conversation, Turn
from review.scorers.base import Resources
from review.scorers.personal_data import PersonalData

CLEAN = Conversation((Turn("user", "Say hello."), Turn("assistant", "Hello!")))
MAIL = Conversation((Turn("user", "Mend this", "to: a@b.org"), Turn("assistant", "c@d.org, a@b.org")))


def measured(conversation: Conversation, options: dict[str, Any] | None = None) -> dict[str, Any]:
    (found,) = PersonalData().prepare(options or {}, Resources())([conversation])
    return found


def test_spans_are_counted_and_say_where_they_stand() -> None:
    assert measured(MAIL) == {
        "personal_data": 3,
        "details": [
            {"turn": 0, "field": "input", "start": 4, "end": 11, "kind": "email"},
            {"turn": 1, "field": "content", "start": 0, "end": 7, "kind": "email"},
            {"turn": 1, "field": "content", "start": 9, "end": 16, "kind": "email"},
        ],
    }


def test_all_are_counted_and_the_first_200_stated() -> None:
    found = measured(Conversation((Turn("user", "a@b.org " * 201),)))
    assert (found["personal_data"], len(found["details"])) == (201, 200)


def test_nothing_found_is_nought_without_details() -> None:
    assert measured(CLEAN) == {"personal_data": 0}
    assert measured(Conversation(())) == {"personal_data": 0}


def test_options_narrow_and_widen() -> None:
    assert measured(MAIL, {"kinds": ["phone"]}) == {"personal_data": 0}
    phone = Conversation((Turn("user", "ring 020 7946 0958, or 192.0.2.1"),))
    assert measured(phone)["personal_data"] == 0
    assert measured(phone, {"region": "gb"})["personal_data"] == 1
    assert measured(phone, {"reserved": True})["details"][0]["kind"] == "ip"


def test_the_options_defaults_are_what_absent_ones_mean() -> None:
    defaults = {option.slug: option.default for option in PersonalData.options}
    assert measured(MAIL, defaults) == measured(MAIL)


@pytest.mark.parametrize("options", [{"kinds": ["email", "shoes"]}, {"region": "ZZ"}])
def test_an_option_that_cannot_be_used_is_refused_in_words(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"shoes|ZZ"):
        PersonalData().prepare(options, Resources())


def test_one_result_each_in_their_order() -> None:
    results = PersonalData().prepare({}, Resources())([CLEAN, MAIL, CLEAN])
    assert [row["personal_data"] for row in results] == [0, 3, 0]
