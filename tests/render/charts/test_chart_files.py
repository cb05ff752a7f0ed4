"""Charts as files: the right kind, the same bytes twice, and nothing from outside is obeyed."""

import builtins
import os
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from tutor.errors import OutputError
from tutor.explain.chart import Axis, Chart, Series
from tutor.notation.profile import notation
from tutor.notation.symbol import Symbol
from tutor.render.charts.chart_files import NoMatplotlib, check_suffix, figure
from tutor.results.curves import activations, path
from tutor.results.solution import solve

try:
    import matplotlib
except ImportError:
    matplotlib = None
needs_matplotlib = pytest.mark.skipif(
    matplotlib is None and not os.environ.get("TUTOR_NEEDS_MATPLOTLIB"), reason="matplotlib is not installed"
)
PLAIN = notation("plain")


def bowl():
    solution = solve("qmul/linear-neuron", steps=3)
    way = [(row.values["w_L"], row.values["b_L"]) for row in solution.run.rows]
    return path("E & <b> $x$", solution.exercise.graph, solution.values, ("w_L", "b_L"), way, solution.notation)


HOSTILE = Chart(
    ("$\\frac{</title><script>alert(1)</script>\x00\x1b[2J 漢 \\input{x} $ $",),
    Axis(("50% $\\frac{1$ \\$ &", Symbol("\\nosuchcommand{", "s"))),
    Axis((Symbol("x_{1}", "x1"),)),
    (Series(("_$\\hidden{$ <g>",), ((0.0, 1.0), None, (1.0, 2.0))),),
    notes=(("a $ lone dollar",), ("two $\\sqrt$ of them",)),
)
STARTS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.mark.slow
@needs_matplotlib
@pytest.mark.parametrize("suffix", STARTS)
def test_the_same_chart_gives_the_same_bytes(suffix):
    charts = [bowl(), *activations(["relu", "tanh"], PLAIN)]
    data = figure(charts, suffix)
    assert data.startswith(STARTS[suffix])
    assert figure(charts, suffix) == data
    for word in (b"CreationDate", b"<dc:date>", b"Software", b"/ModDate"):
        assert word not in data


@needs_matplotlib
def test_the_readers_own_settings_do_not_matter():
    chart = activations(["relu"], PLAIN)
    data = figure(chart, ".svg")
    with matplotlib.rc_context({"lines.linewidth": 9.0, "font.size": 30.0, "axes.facecolor": "red", "savefig.dpi": 10}):
        assert figure(chart, ".svg") == data


@needs_matplotlib
def test_another_process_gives_the_same_bytes():
    code = (
        "import sys; from tutor.notation.profile import notation; from tutor.results.curves import activations; "
        "from tutor.render.charts.chart_files import figure; "
        "sys.stdout.buffer.write(figure(activations(['elu(0.5)'], notation('dl')), '.svg'))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stdout.startswith(b"<?xml")


@needs_matplotlib
@pytest.mark.parametrize("suffix", STARTS)
def test_hostile_words_are_drawn_as_they_are(suffix):
    data = figure([HOSTILE], suffix)
    if suffix == ".svg":
        root = ET.fromstring(data)
        assert not [node for node in root.iter() if node.tag.endswith("script")]
        assert b"<script" not in data


@needs_matplotlib
def test_an_svg_has_a_line_for_each_series_and_dashes():
    data = figure(activations(["sigmoid"], PLAIN), ".svg").decode()
    assert data.count("stroke-dasharray") >= 1  # the derivative differs without colour


@pytest.mark.parametrize("suffix", [".gif", "", ".SVG", ".tex", ".svgz"])
def test_other_kinds_of_file_are_refused(suffix):
    with pytest.raises(OutputError, match=r"\.png, \.svg or \.pdf"):
        check_suffix(suffix)


def test_without_matplotlib_it_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **named):
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NoMatplotlib) as error:
        figure(activations(["relu"], PLAIN), ".png")
    assert 'pip install "backprop-tutor[plot]"' in str(error.value)
