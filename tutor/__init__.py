"""Derives, explains and checks backpropagation.

    import tutor

    solution = tutor.solve("neuron/two-two-two", wrt=["w5"])
    print(solution)                  # the worked solution
    solution.gradient("w5")          # a number of 60 digits, or an exact fraction
    tutor.solve("(x+y)*z", at={"x": 1, "y": -3, "z": 4})
    tutor.train("qmul/linear-neuron", optimiser="adam", rate=0.1, steps=20)
    tutor.check("qmul")              # every printed figure of a course, recomputed
    tutor.compare("model.py:forward", {"dW1": dW1}, given={"W1": W1, "X": X})   # a program's gradients: which are wrong, and by what
    tutor.mark("neuron/two-two-two", {"dL/dw5": "0.082"})   # verdicts, marks, and what went wrong first
    tutor.practise("neuron/two-two-two")                    # the steps are yours; you are told at once whether they hold
    tutor.check_backward(my_backward, my_forward)            # a hand-written backward pass: which line is wrong, and why
    tutor.sheet(["dl/bce", "graz/sqrt-cos"], boxes=True)     # a problem sheet that asks what `mark` marks

Everything is imported on first use, so that ``import tutor`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tutor.derive.backward import derive as backpropagate
    from tutor.errors import TutorError
    from tutor.exercise.load import load
    from tutor.exercise.model import Exercise
    from tutor.graph.build import from_steps
    from tutor.graph.decompose import from_expression
    from tutor.graph.network import Network, from_network
    from tutor.render.latex.gradients import gradients_latex
    from tutor.results.check import check
    from tutor.results.code_check import check_backward, check_code
    from tutor.results.comparison import compare
    from tutor.results.feedback import Feedback
    from tutor.results.grading import mark
    from tutor.results.practice import practise
    from tutor.results.sheet import sheet
    from tutor.results.solution import Solution, Training, solve, train
    from tutor.solving.check_claims import Verdict
    from tutor.version import VERSION as __version__

__all__ = [
    "Exercise",
    "Feedback",
    "Network",
    "Solution",
    "Training",
    "TutorError",
    "Verdict",
    "__version__",
    "backpropagate",
    "check",
    "check_backward",
    "check_code",
    "compare",
    "from_expression",
    "from_network",
    "from_steps",
    "gradients_latex",
    "load",
    "mark",
    "practise",
    "sheet",
    "solve",
    "train",
]

_HOMES = {
    "Exercise": "tutor.exercise.model",
    "Feedback": "tutor.results.feedback",
    "Network": "tutor.graph.network",
    "Solution": "tutor.results.solution",
    "Training": "tutor.results.solution",
    "TutorError": "tutor.errors",
    "Verdict": "tutor.solving.check_claims",
    "check": "tutor.results.check",
    "check_backward": "tutor.results.code_check",
    "check_code": "tutor.results.code_check",
    "compare": "tutor.results.comparison",
    "from_expression": "tutor.graph.decompose",
    "from_network": "tutor.graph.network",
    "from_steps": "tutor.graph.build",
    "gradients_latex": "tutor.render.latex.gradients",
    "load": "tutor.exercise.load",
    "mark": "tutor.results.grading",
    "practise": "tutor.results.practice",
    "sheet": "tutor.results.sheet",
    "solve": "tutor.results.solution",
    "train": "tutor.results.solution",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "__version__":
        return import_module("tutor.version").VERSION
    if name == "backpropagate":  # `tutor.derive` is the package that it lives in
        return import_module("tutor.derive.backward").derive
    if name not in _HOMES:
        raise AttributeError(f"module 'tutor' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
