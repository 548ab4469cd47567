"""What every answer carries, the failed ones and the files among them."""

import pytest
from django.test import Client

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def failing(client: Client, settings) -> Client:
    settings.ROOT_URLCONF = "tests.config.urls_that_fail"
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("path", "status"), [("/livez", 200), ("/accounts/login/", 200), ("/nowhere/", 404), ("/fail", 500)]
)
@pytest.mark.django_db
def test_the_headers_are_on_every_answer(failing: Client, path: str, status: int):
    response = failing.get(path)
    assert response.status_code == status
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    assert "camera=()" in response["Permissions-Policy"]
    assert "no-store" in response["Cache-Control"]
    assert len(response["X-Request-ID"]) == 16


def test_each_request_has_a_number_of_its_own(client: Client):
    assert client.get("/livez")["X-Request-ID"] != client.get("/livez")["X-Request-ID"]


def test_a_failed_page_shows_the_number_and_nothing_of_the_fault(failing: Client):
    response = failing.get("/fail")
    page = response.content.decode()
    assert response["X-Request-ID"] in page
    assert "secret detail" not in page


def test_a_page_that_nobody_opened_to_all_asks_for_sign_in(client: Client):
    response = client.get("/admin/")
    assert response.status_code == 302
    assert "/login/" in response["Location"]
