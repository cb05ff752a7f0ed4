"""SymPy in a second process: its answer is that of this one, and whatever goes wrong with it is no error."""

import json
import subprocess
import sys
from fractions import Fraction

import pytest
from some_now import some_now

import tutor
from tutor.cli import prover
from tutor.numbers.verify import ask_in_this_process

SCRIPT = """
import json, os, sys
from tutor.cli import prover
mode = sys.argv[1]
os.cpu_count = lambda: 2
if mode == "one core":
    os.cpu_count = lambda: 1
if mode == "no fork":
    del os.fork
if mode == "refused":
    def fork():
        raise OSError(11, "Resource temporarily unavailable")
    os.fork = fork
if mode == "dies":
    prover._serve = lambda question, answer: os._exit(1)
if mode == "talks":
    prover._serve = lambda question, answer: os.write(answer, b"{nonsense")
helper = prover.start()
import tutor
from tutor.numbers.verify import ask_in_this_process
exercise = tutor.load("graz/sqrt-cos")
solution = tutor.solve(exercise, ask=helper) if helper else tutor.solve(exercise)
if helper:
    helper.stop()
print(json.dumps([helper is not None, solution.to_json()]))
"""


@pytest.mark.parametrize(
    ("mode", "started"),
    some_now([("well", True), ("talks", True), ("dies", True), ("one core", False), ("no fork", False), ("refused", False)], 4, rows=True),
)
def test_whatever_becomes_of_the_helper_the_solution_is_the_same(mode, started):
    done = subprocess.run([sys.executable, "-c", SCRIPT, mode], capture_output=True, text=True, timeout=300, check=True)
    assert json.loads(done.stdout) == [started, tutor.solve("graz/sqrt-cos").to_json()]
    assert done.stderr == ""


VALUES = [Fraction(1, 3), Fraction(-7), Fraction(2**20_000, 3**5_000), Fraction(0)]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_numbers_come_back_as_they_were(value):
    assert prover._number(prover._digits(value)) == value


def test_a_helper_that_was_never_asked_is_ended():
    script = """
import os
from tutor.cli import prover
os.cpu_count = lambda: 2
before = len(os.listdir("/proc/self/fd"))
helper = prover.start()
helper.stop()
helper.stop()
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print(len(os.listdir("/proc/self/fd")) - before)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_a_question_goes_there_and_comes_back():
    exercise = tutor.load("neuron/two-two-two")
    text = prover._question(exercise.graph, ["w5"], tutor.solve(exercise).trace)
    graph, wanted, values = prover._read(text)
    assert (graph.loss, wanted) == (exercise.graph.loss, ["w5"])
    assert [step.target for step in graph.steps] == [step.target for step in exercise.graph.steps]
    found = ask_in_this_process(graph, wanted, values)()
    assert list(found) == ["w5"]
    assert prover._values("{", ["w5"]) is None
    assert prover._values(json.dumps({"w6": "1/1"}), ["w5"]) is None
