"""One line of log for each event, whatever text it carries: nobody can forge a second one."""

import json
import logging
import re
from datetime import UTC, datetime

from config import request_id


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class WithoutTokens(logging.Filter):
    """Keeps the tokens of one-time links and of the API out of the log, where one that still works would be read."""

    TOKEN = re.compile(r"(/accounts/link/|\bwinnow_(?=[\w-]{43}))[^/?#\s\"']+")

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if self.TOKEN.search(message):
            record.msg, record.args = self.TOKEN.sub(r"\1…", message), ()
        return True


class PlainLine(logging.Formatter):
    """For a terminal: time, level, logger, message; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        number = request_id.current.get()
        line = f"{time} {record.levelname.lower()} {record.name}: {_one_line(record.getMessage())}"
        line = f"{line} [{number}]" if number else line
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonLine(logging.Formatter):
    """For a log collector: one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        event = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if number := request_id.current.get():
            event["request_id"] = number
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        return json.dumps(event)
