"""Keys that people move: what is taken, what is refused with which words, and what pages then show."""

import pytest
from django.conf import settings
from django.template import Context, RequestContext, Template
from django.test import Client, RequestFactory

from accounts.keys import Action, keys_of, refusal, shown
from accounts.models import User

ADDRESS = "/accounts/me/keys/"
GOOD = Action("good", "Good", "a")
NEXT = Action("next", "Next", "j", also="ArrowRight")
SUBMIT = Action("submit", "Submit", "ctrl+enter", chord=True)
ACTIONS = (GOOD, NEXT, SUBMIT)


@pytest.mark.parametrize(
    ("action", "key", "own", "words"),
    [
        (GOOD, "g", {}, ""),
        (GOOD, "shift+g", {}, ""),
        (GOOD, "ö", {}, ""),
        (GOOD, "alt+g", {}, ""),
        (GOOD, "j", {"next": "l"}, ""),
        (GOOD, "j", {}, "“Next” already"),
        (GOOD, "l", {"next": "l"}, "“Next” already"),
        (GOOD, "arrowright", {}, "its own use"),
        (GOOD, "3", {}, "Digits give the reasons"),
        (GOOD, "shift+3", {}, "Digits give the reasons"),
        (GOOD, "?", {}, "its own use"),
        (GOOD, "escape", {}, "its own use"),
        (GOOD, "enter", {}, "its own use"),
        (GOOD, "f5", {}, "its own use"),
        (GOOD, ",", {}, "its own use"),
        (GOOD, "", {}, "its own use"),
        (GOOD, "ctrl+w", {}, "Ctrl W belongs to the browser"),
        (GOOD, "ctrl+shift+t", {}, "belongs to the browser"),
        (GOOD, "alt+arrowleft", {}, "belongs to the browser"),
        (SUBMIT, "g", {}, "needs Ctrl"),
        (SUBMIT, "alt+g", {}, ""),
        (SUBMIT, "ctrl+.", {}, ""),
    ],
)
def test_which_keys_an_action_may_have(action: Action, key: str, own: dict[str, str], words: str) -> None:
    said = refusal(action, key, ACTIONS, own)
    assert words in said
    assert bool(said) == bool(words)


def test_the_keys_that_came_are_all_to_be_had() -> None:
    for action in settings.KEY_ACTIONS:
        assert refusal(action, action.key, settings.KEY_ACTIONS, {}) == ""
    assert keys_of(NEXT, {"next": "l"}) == "l,ArrowRight"
    assert keys_of(GOOD, {"good": 7}) == "a"  # type: ignore[dict-item]
    assert shown("ctrl+enter") == "Ctrl ↵"


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("ana@winnow.example")


@pytest.fixture
def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_key_is_moved_and_put_back(browser: Client, user: User) -> None:
    assert browser.post(ADDRESS, {"action": "good", "key": "G"})["Location"] == f"{ADDRESS}#good"
    user.refresh_from_db()
    assert user.keys == {"good": "g"}
    page = browser.get(ADDRESS).content.decode()
    assert "“Good, and next” is on G." in page
    assert "(moved from A)" in page
    browser.post(ADDRESS, {"action": "good", "key": ""})
    user.refresh_from_db()
    assert user.keys == {}
    user.keys = {"good": "g", "bad": "b"}
    user.save()
    browser.post(ADDRESS)
    user.refresh_from_db()
    assert user.keys == {}


def test_a_refused_key_says_why_and_nothing_is_moved(browser: Client, user: User) -> None:
    answer = browser.post(ADDRESS, {"action": "good", "key": "x"})
    assert answer.status_code == 422
    assert "X is “Bad: then the reason” already" in answer.content.decode()
    assert browser.post(ADDRESS, {"action": "fly", "key": "x"}).status_code == 422
    user.refresh_from_db()
    assert user.keys == {}


def test_templates_show_the_keys_of_who_reads_them(user: User) -> None:
    request = RequestFactory().get("/")
    request.user = user
    words = Template("{% load accounts_keys %}{% key 'next' %} {% hint 'next' %}")
    assert words.render(Context()) == (
        'data-key="j,ArrowRight" aria-keyshortcuts="J" <kbd aria-hidden="true">J</kbd>'
    )
    user.keys = {"next": "<"}
    assert words.render(RequestContext(request)) == (
        'data-key="&lt;,ArrowRight" aria-keyshortcuts="&lt;" <kbd aria-hidden="true">&lt;</kbd>'
    )
