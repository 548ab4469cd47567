"""One event is one line, whatever text it carries."""

import json
import logging
import sys

import pytest

from config import request_id
from config.logs import JsonLine, PlainLine


def event(message: str, **more) -> logging.LogRecord:
    return logging.LogRecord("winnow", logging.WARNING, __file__, 1, message, (), more.get("exc_info"))


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n", "\x1b[31m", "\u2028", "\x00"])
def test_text_cannot_forge_a_second_line(break_: str):
    message = f"renamed to x{break_}12:00:00 error winnow: forged"
    for formatter in (PlainLine(), JsonLine()):
        line = formatter.format(event(message))
        assert line.isprintable()
        assert "forged" in line


def test_the_number_of_the_request_is_in_the_line():
    token = request_id.current.set("00112233aabbccdd")
    try:
        assert "[00112233aabbccdd]" in PlainLine().format(event("hello"))
        assert json.loads(JsonLine().format(event("hello")))["request_id"] == "00112233aabbccdd"
    finally:
        request_id.current.reset(token)


def test_a_traceback_is_kept():
    try:
        raise ValueError("why")
    except ValueError:
        record = event("failed", exc_info=sys.exc_info())
    assert "ValueError: why" in PlainLine().format(record)
    assert "ValueError: why" in json.loads(JsonLine().format(record))["traceback"]
