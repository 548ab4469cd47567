"""The page docs/reference/api.md, made from the API's schema; `manage.py api_reference` writes it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from accounts.answers import TITLES
from config.environ import ROOT

PAGE = ROOT / "docs" / "reference" / "api.md"
INTRODUCTION = """\
# HTTP API

What a program can ask of Winnow: the projects of its person, the quality classifier, and how far a job is. How to use
it, command by command: [the API](../how-to/api.md). This page is written from the schema by `make docs`; the schema
itself is at `/api/v1/schema`, as OpenAPI 3 in YAML, or in JSON with `?format=json`, for whoever is signed in or sends
a token.

Every request carries a token, `Authorization: Bearer winnow_…`, which acts for the person who made it: a program may
do what the person's role allows on the pages. A browser's session opens nothing but the schema. Everything is JSON in
UTF-8; times are UTC. Later versions of Winnow may add fields to an answer: pass over those that you do not know. What
would break a program gets another number than `v1`.
"""
LISTS = """\
## Lists

A list comes in pages: `count`, `next` and `previous` (addresses, or null), and `results`. `page` asks for another page,
from 1, and `size` for up to 200 on one; without it there are 50.

## Asking again

Answers about projects and versions have an `ETag`. With it as `If-None-Match` the answer is 304, without a body, while
nothing has changed. Those about jobs have none: they change all the time, and nothing on the way may keep them.

## Problems

What is refused comes as `application/problem+json` (RFC 9457) with `title`, `status` and `detail`; `detail` says what
to mend, in the words of the pages.

| status | title | when |
|---|---|---|
"""
WHEN = {
    400: "the body is no JSON",
    401: "no token, one that is wrong, expired or revoked, or one of somebody who may not come in any more",
    403: "the person's role in this project does not allow it",
    404: "no such address; or a project, version or job that is not there or not open to the person",
    405: "the address is asked in another way, as `GET` for `POST`",
    406: "another form than JSON is asked for",
    409: "it cannot be done as things stand: too few labels, a version that must not be used",
    415: "the body is not sent as JSON",
    422: "a field or a number in the address is not what is expected",
    429: "more was asked than is answered; there is no limit in Winnow itself",
    500: "a fault of Winnow; `detail` has the number under which it stands in the log",
}
EVERYBODY = ("manager", "reviewer", "annotator")
REFUSED = 400
KINDS = {
    "uri": "address", "double": "number", "integer": "whole number", "string": "text", "email": "text",
    "uuid": "UUID", "date-time": "time", "boolean": "true or false", "object": "object",
}  # fmt: skip
STANDS_FOR = {"{project}": "a", "{number}": "1", "{public_id}": "00000000-0000-0000-0000-000000000000"}
TABLE = ("| field | type | meaning |", "|---|---|---|")

type Told = Mapping[str, Any]


def api_page() -> str:
    """Return the page: its addresses, what holds for all of them, each by itself, and what their answers hold."""
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    objects: Told = schema["components"]["schemas"]
    operations = [
        (method.upper(), path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    lines = [INTRODUCTION, "## Addresses", "", "| | address | what | for whom |", "|---|---|---|---|"]
    lines += [_row(*each) for each in operations]
    lines += ["", LISTS.rstrip()]
    lines += [f"| {status} | {title} | {WHEN[status]} |" for status, title in TITLES.items()]
    for method, path, operation in operations:
        lines += ["", f"## {method} {path}", "", *_operation(operation, objects)]
    for name, told in objects.items():
        if "properties" in told and not name.startswith("Paginated"):
            lines += ["", f"## {name}", "", *_object(told, objects)]
    return "\n".join(lines) + "\n"


def _row(method: str, path: str, operation: Told) -> str:
    heading = f"{method} {path}".lower()
    anchor = "".join(sign for sign in heading if sign.isalnum() or sign in " _-").replace(" ", "-")
    what = operation["description"].split("\n")[0]
    return f"| {method} | [`{path}`](#{anchor}) | {what} | {_for_whom(path)} |"


def _for_whom(path: str) -> str:
    if "{public_id}" in path:
        return "whoever sees it on the pages"
    if "{project}" not in path:
        return "everybody"
    for name, value in STANDS_FOR.items():
        path = path.replace(name, value)
    view: Any = resolve(path).func
    return (
        " and ".join(f"{role}s" for role in view.cls.roles) if view.cls.roles != EVERYBODY else "its people"
    )


def _operation(operation: Told, objects: Told) -> Iterator[str]:
    yield operation["description"]
    yield ""
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query":
            yield f"- `{parameter['name']}`: {parameter['description']}"
    for status, answer in operation["responses"].items():
        if int(status) < REFUSED:
            yield f"- {status}: {_type(answer['content']['application/json']['schema'], objects)}"
    yield f"- Problems: {', '.join(status for status in operation['responses'] if int(status) >= REFUSED)}"


def _object(told: Told, objects: Told) -> Iterator[str]:
    if "description" in told:
        yield told["description"]
        yield ""
    yield from TABLE
    for field, each in told["properties"].items():
        yield f"| `{field}` | {_type(each, objects)} | {each.get('description', '').split('\n')[0]} |"


def _type(told: Told, objects: Told) -> str:
    if "allOf" in told:
        found = _type(told["allOf"][0], objects)
    elif "$ref" in told:
        found = _named(told["$ref"].rpartition("/")[2], objects)
    elif told["type"] == "array":
        found = f"list of {_type(told['items'], objects)}"
    else:
        found = KINDS[told.get("format", told["type"])]
    return f"{found}, or null" if told.get("nullable") else found


def _named(name: str, objects: Told) -> str:
    if "enum" in objects[name]:
        return ", ".join(f"`{word}`" for word in objects[name]["enum"])
    if name.startswith("Paginated"):
        return f"a page of {_type(objects[name]['properties']['results']['items'], objects)}"
    return f"[{name}](#{name.lower()})"
