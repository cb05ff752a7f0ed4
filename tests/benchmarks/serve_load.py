"""How fast `tutor serve` answers a class: learners at once, each answering in place and thinking between; and what SIGKILL loses.

    python tests/benchmarks/serve_load.py                      # 50 and 100 learners, then twenty kills under the load of 50
    python tests/benchmarks/serve_load.py --learners 50 --seconds 20 --kills 0

A step is one answer as the page's script sends it: the POST, judged, committed to the disk, with the parts of the page that come back.
Learners think between 1 and 3 seconds (seeded), begin one of six exercises, and answer right three times of four.  Clients are
processes of their own on the same machine, so that they take a part of its cores.

Beside it: neither STACK nor Numbas publishes times of a step that could be compared.  Numbas marks in the student's browser, without a
server.  STACK's documentation ranks the ways to reach Maxima (a process each time is the slowest, a server of Maxima very fast) without
figures.  A public load test of Moodle's plain quiz (Universidad de la República, 2026: 2,000 learners on 12 cores) is without STACK.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from html import unescape
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlencode

EXERCISES = ("neuron/two-two-two", "dl/bce", "graz/two-two-one", "qmul/activated-neuron", "cmu/three-layer-chain", "dl/nested-layers")
APART = 4.0
"""Seconds between two kills: the workers need one or two of them to begin."""
GOALS = {50: 50, 100: 150}
"""Milliseconds at the 95th percentile, on two cores."""


def list_answers():
    """The right answer to each task of each exercise."""
    from tutor.exercise.load import load
    from tutor.practice.ladder import write_answer
    from tutor.practice.session import Lesson, Settings

    found = {}
    for key in EXERCISES:
        lesson = Lesson(load(key), Settings())
        found[key] = {task.id: (write_answer(lesson.marker, task.question), task.question.kind == "choice") for task in lesson.tasks}
    return found


class Client:
    """One learner's browser: one connection that is kept, and a cookie."""

    def __init__(self, port):
        self.port, self.cookie, self.streams = port, "", None

    async def ask(self, method, address, fields=(), part=False):
        body = urlencode(list(fields)).encode()
        lines = [f"{method} {address} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}"]
        lines += ["content-type: application/x-www-form-urlencoded"] if body else []
        lines += [f"cookie: {self.cookie}"] if self.cookie else []
        lines += ["x-part: 1"] if part else []
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        try:
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            data = await reader.readexactly(int(re.search(r"content-length: (\d+)", head)[1]))
        except (OSError, EOFError, asyncio.IncompleteReadError):
            self.streams = None
            writer.close()
            raise ConnectionError from None
        if found := re.search(r"set-cookie: (tutor=[^;]+)", head):
            self.cookie = found[1]
        if head.split()[1] == "303":
            return await self.ask("GET", re.search(r"location: (\S+)", head)[1])
        return int(head.split()[1]), data.decode()


def read_fields(text, action):
    """The hidden fields of a form, and the task that is asked."""
    form = re.search(rf'<form[^>]*action="{action}.*?</form>', text, re.DOTALL)
    if form is None:
        return None
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    task = re.search(r'<option value="([^"]*)" selected', form[0])
    return fields, unescape(task[1]) if task else ""


async def learn(port, number, until, answers, times, taken):
    """One learner until the time is over: begin, answer, think; after a broken connection look where the session is."""
    chance = random.Random(number)
    key = EXERCISES[number % len(EXERCISES)]
    client, text = Client(port), ""
    await asyncio.sleep(chance.uniform(0, 2))
    while time.monotonic() < until:
        try:
            if not text:
                _, text = await client.ask("GET", f"/practise/{key}")
            begin = read_fields(text, "/begin/")
            if begin is not None:
                _, text = await client.ask("POST", f"/begin/{key}", begin[0].items())
            found = read_fields(text, "/practise/")
            if found is None or not found[1]:
                text = ""
                await asyncio.sleep(0.2)
                continue
            fields, task = found
            right, choice = answers[key][task]
            given = right if chance.random() < 0.75 else ("a" if choice else "0.123")
            letters = [letter.strip() for letter in given.split(",")] if choice else [given]
            sent = [*fields.items(), *(("text", letter) for letter in letters), ("do", "answer")]
            before = time.perf_counter()
            status, text = await client.ask("POST", f"/practise/{key}", sent, part=True)
            times.append((status, time.perf_counter() - before))
            if status == 200:
                taken.append((int(fields["session"]), int(fields["seen"]), ", ".join(letters)))
            else:
                text = ""
        except OSError:
            text = ""
            await asyncio.sleep(chance.uniform(0.05, 0.3))
            continue
        await asyncio.sleep(chance.uniform(1, 3))


def run_learners(port, numbers, seconds, answers, results):
    """A process with some of the learners."""

    async def main():
        until, times, taken = time.monotonic() + seconds, [], []
        await asyncio.gather(*(learn(port, number, until, answers, times, taken) for number in numbers))
        return times, taken

    results.put(asyncio.run(main()))


class Server:
    """`tutor serve` over a database, at a port that stays."""

    def __init__(self, folder):
        self.base, self.port, self.process = folder / "load.sqlite", 0, None

    def start(self):
        command = [sys.executable, "-m", "tutor", "serve", "--port", str(self.port), "--database", str(self.base)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.port = int(re.search(r":(\d+)/", self.process.stdout.readline())[1])

    def kill(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait()
        self.process.stdout.close()


def load_server(server, count, seconds, answers, kills=0):
    """So many learners for so long; with kills the server is killed and started again meanwhile."""
    context = get_context("spawn")
    results = context.Queue()
    parts = [list(range(count))[place::2] for place in range(2)]
    processes = [context.Process(target=run_learners, args=(server.port, part, seconds, answers, results)) for part in parts]
    for process in processes:
        process.start()
    for _ in range(kills):
        time.sleep(seconds / (kills + 1))
        server.kill()
        server.start()
    found = [results.get() for _ in processes]
    for process in processes:
        process.join()
    return [one for times, _ in found for one in times], [one for _, taken in found for one in taken]


def warm(port, answers):
    """One learner with each exercise, so that every worker has what a class meets on its second day."""
    async def main():
        for number in range(4 * len(EXERCISES)):
            await learn_once(port, number, answers)

    asyncio.run(main())


async def learn_once(port, number, answers):
    key, client = EXERCISES[number % len(EXERCISES)], Client(port)
    _, text = await client.ask("GET", f"/practise/{key}")
    _, text = await client.ask("POST", f"/begin/{key}", read_fields(text, "/begin/")[0].items())
    for _ in range(3):
        fields, task = read_fields(text, "/practise/")
        given = "a" if answers[key][task][1] else "0.123"
        _, text = await client.ask("POST", f"/practise/{key}", [*fields.items(), ("text", given), ("do", "answer")], part=True)


def count_lost(base, taken):
    """Answers that were acknowledged and are not in the database as they were given."""
    with sqlite3.connect(base) as found:
        events = {(session, number): json.loads(event).get("text") for session, number, event in
                  found.execute("SELECT session, number, event FROM events")}  # fmt: skip
    return sum(events.get((session, number)) != text for session, number, text in taken), len(events)


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--learners", type=int, nargs="*", default=[50, 100])
    asked.add_argument("--seconds", type=float, default=30)
    asked.add_argument("--kills", type=int, default=20)
    options = asked.parse_args()
    answers = list_answers()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.start()
        warm(server.port, answers)
        for count in options.learners:
            times, _ = load_server(server, count, options.seconds, answers)
            steps = sorted(took * 1000 for status, took in times if status == 200)
            p50, p95, p99 = (steps[min(len(steps) - 1, int(len(steps) * share))] for share in (0.5, 0.95, 0.99))
            others = Counter(status for status, _ in times if status != 200)
            goal = f"  (goal: p95 ≤ {GOALS[count]})" if count in GOALS else ""
            print(f"{count} learners: {len(steps) / options.seconds:.0f} steps/s, p50 {p50:.1f} ms, p95 {p95:.1f}, p99 {p99:.1f}{goal}"
                  f"{f'  other answers: {dict(others)}' if others else ''}  load {os.getloadavg()[0]:.1f}")  # fmt: skip
        if options.kills:
            _, taken = load_server(server, 50, APART * options.kills, answers, options.kills)
            server.kill(signal.SIGTERM)
            lost, kept = count_lost(server.base, taken)
            print(f"{options.kills} times SIGKILL under 50 learners: {len(taken)} answers acknowledged, {lost} lost, {kept} events kept")
        else:
            server.kill(signal.SIGTERM)


if __name__ == "__main__":
    main()
