"""The broker of files: no message is ever seen half written."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Queue
from kombu.transport.virtual import Channel

from config import broker
from config.environ import ROOT


@pytest.fixture
def options(tmp_path: Path) -> dict[str, str]:
    folder = str(tmp_path)
    return {"data_folder_in": folder, "data_folder_out": folder, "control_folder": f"{folder}/control"}


@pytest.fixture
def channel(options: dict[str, str]) -> Any:
    connection = Connection(
        "filesystem://localhost", transport="config.broker:Transport", transport_options=options
    )
    with connection, connection.channel() as channel:
        Queue("winnow")(channel).declare()
        yield channel


def test_a_message_is_whole_from_the_moment_it_is_there(
    channel: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []
    write = Path.write_text

    def watched(self: Path, *args: Any, **kwargs: Any) -> int:
        self.touch()
        seen.append(("while it is written", channel._size("winnow")))
        return write(self, *args, **kwargs)

    monkeypatch.setattr(Path, "write_text", watched)
    channel._put("winnow", {"body": "x" * 10_000})
    seen.append(("afterwards", channel._size("winnow")))
    assert seen == [("while it is written", 0), ("afterwards", 1)]
    assert channel._get("winnow") == {"body": "x" * 10_000}
    assert not [path for path in tmp_path.iterdir() if path.is_file()]


def test_messages_come_in_the_order_in_which_they_were_sent(channel: Channel) -> None:
    for number in range(30):
        channel._put("winnow", {"n": number})
    assert [channel._get("winnow")["n"] for _ in range(30)] == list(range(30))


def test_a_message_through_celery_takes_this_way(tmp_path: Path) -> None:
    script = (
        "from config.celery import app; from config import broker\n"
        "with app.connection_for_write() as c: assert type(c.default_channel) is broker.Channel, c.transport\n"
        "app.send_task('jobs.run', args=[1], retry=False)"
    )
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    environment = kept | {"WINNOW_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", script], env=environment, cwd=ROOT, check=True, timeout=60)
    assert len([path for path in (tmp_path / "broker").iterdir() if path.name.endswith(".winnow.msg")]) == 1
    assert broker.Transport.Channel is broker.Channel
