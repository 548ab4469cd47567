"""The review stream over HTTP: how long a decision takes until the next example is there, and how many there can be.

    .venv/bin/python -m bench.review_load [--seconds 60] [--reviewers 32] [--examples 52000] [--only think|full|profile]

The real server (gunicorn as `manage.py up` starts it) and its own PostgreSQL in a temporary home, 52,000 examples, a
sample of 5 %, a fifth of it labelled twice, every twentieth example a gold one. Signed-in reviewers with connections
that stay open send what the page's script sends: a decision, answered by what follows it. They are threads of
processes of their own, on the same processors.

"think": each reviewer thinks for a second on average between two decisions. "full": nobody thinks; where the sample
is all decided it is opened again, and that time does not count. Afterwards every answer is looked up in the database:
none lost, none twice. "profile": where the time of a request goes, in this process, by processor time.

Bars: p95 at most 100 ms with 32 reviewers who think; at least 100 decisions/s at full load; none lost, none twice.
"""

import argparse
import multiprocessing
import os
import signal
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import batched
from pathlib import Path
from typing import Any

from bench.home import temporary_home
from bench.review_client import READY_SECONDS, Plan, Reviewer, Spent, group
from bench.review_scene import address_of, found_in, prepare, reopen

PROCESSES = 2
START_SECONDS = 60
WORDS = {"think": "32 reviewers who think", "full": "full load"}


def port_of(folder: Path) -> int:
    """Return a free port."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(folder: Path) -> Iterator[int]:
    """Run the web server as `manage.py up` does, on a free port."""
    from config.management.commands.up import commands
    from config.static_files import collect_if_changed

    collect_if_changed()
    port = port_of(folder)
    environment = os.environ | {"WINNOW_SITE_URL": f"http://127.0.0.1:{port}"}
    with (folder / "web.log").open("wb") as out:
        server = subprocess.Popen(commands(port)["web"], env=environment, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port) and time.monotonic() < deadline:
            time.sleep(0.2)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def _answers(port: int) -> bool:
    there = HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        there.request("GET", "/livez")
        return there.getresponse().status == 200
    except OSError:
        return False
    finally:
        there.close()


def lap(people: list[Reviewer], plan: Plan) -> tuple[list[Spent], float]:
    """Let everybody review until the time is over or nothing is left; return what they did, and the seconds."""
    spawn = multiprocessing.get_context("spawn")
    gate, answer = spawn.Barrier(PROCESSES + 1), spawn.Queue()
    shares = [list(share) for share in batched(people, -(-len(people) // PROCESSES))]
    processes = [spawn.Process(target=group, args=(share, plan, gate, answer)) for share in shares]
    for process in processes:
        process.start()
    gate.wait(READY_SECONDS)
    done = [answer.get() for _ in processes]
    for process in processes:
        process.join()
    spent = [each for group_ in done for each in group_]
    # Once somebody finds nothing the load is no longer full.
    return spent, min(each.ended - each.started for each in spent)


def run(people: list[Reviewer], port: int, seconds: float, think: float) -> dict[str, Any]:
    """Review for so long, in as many laps as the sample makes; return waits, rate and what the database says."""
    left, waits, counted, twice, lost, other = seconds, [], 0, 0, 0, Counter[int]()
    took = 0.0
    while left > 1:
        reopen()
        spent, lasted = lap(people, Plan(port, left, think))
        within = [wait for each in spent for at, wait in each.waits if at <= lasted]
        waits += within
        counted, took, left = counted + len(within), took + lasted, left - lasted
        found = found_in([saved for each in spent for saved in each.saved])
        twice, lost = twice + found.twice, lost + found.lost
        for each in spent:
            other.update(each.refused)
    return {
        "waits": waits, "rate": counted / took, "took": took, "twice": twice, "lost": lost, "refused": dict(other),
        "bytes": statistics.mean(size for each in spent for size in each.sizes),
    }  # fmt: skip


def report(name: str, found: dict[str, Any]) -> None:
    """Print one line of the table."""
    cuts = statistics.quantiles(found["waits"], n=100)
    p50, p95, p99 = (cuts[at] * 1000 for at in (49, 94, 98))
    bars = "p95 ≤ 100 ms" if name == "think" else "≥ 100/s"
    print(
        f"{WORDS[name]:<24}{p50:>8.1f}{p95:>8.1f}{p99:>8.1f}{found['rate']:>10.1f}{len(found['waits']):>10,}"
        f"{found['twice']:>7}{found['lost']:>6}{found['bytes']:>8.0f}   {bars}; none twice or lost", flush=True
    )  # fmt: skip
    if found["refused"]:
        print(f"    answers that were no decision, by status: {found['refused']}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--reviewers", type=int, default=32)
    parser.add_argument("--examples", type=int, default=52_000)
    parser.add_argument("--only", choices=["think", "full", "profile"])
    options = parser.parse_args()
    wanted = [options.only] if options.only else ["think", "full", "profile"]
    with temporary_home() as folder:
        people = prepare(options.examples, options.reviewers)
        if wanted != ["profile"]:
            print(
                f"{'decision to next, ms':<24}{'p50':>8}{'p95':>8}{'p99':>8}{'per s':>10}{'decisions':>10}"
                f"{'twice':>7}{'lost':>6}{'bytes':>8}"
            )
            with served(folder) as port:
                for name in [each for each in wanted if each in WORDS]:
                    report(name, run(people, port, options.seconds, 1.0 if name == "think" else 0.0))
        if "profile" in wanted:
            from bench.review_profile import profile

            reopen()
            profile(people[0], address_of())


if __name__ == "__main__":
    main()
