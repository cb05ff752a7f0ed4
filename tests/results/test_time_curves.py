"""Norms over time as a chart: their numbers, the axis, what is refused."""

import pytest

import tutor
from tutor.errors import GraphError, ValueProblem
from tutor.exercise.load import from_text
from tutor.explain.chart import as_plain
from tutor.results.time_curves import draw_norms

CHAIN = 'title = "T"\nloss = "h[12]"\n[[repeat]]\nto = 12\nsteps = ["h[t] = w*h[t-1]"]\n[values]\nw = {w}\nh_0 = 1\n'


def test_a_chain_shrinks_by_its_weight_and_is_said_to_vanish():
    chart = draw_norms(tutor.solve(from_text(CHAIN.format(w='"1/2"'), "t"), recursion=True))
    assert chart.series[0].points == tuple((float(t), 0.5 ** (12 - t)) for t in range(1, 13))
    assert chart.y.log
    assert "vanishes" in as_plain(chart.notes[0])
    assert "explodiert" in as_plain(draw_norms(tutor.solve(from_text(CHAIN.format(w=2), "t"), recursion=True, words="de")).notes[0])
    steady = draw_norms(tutor.solve(from_text(CHAIN.format(w=-1), "t"), recursion=True))
    assert not steady.y.log
    assert "vanishes" not in as_plain(steady.notes[0])


def test_what_has_no_chart_is_refused():
    with pytest.raises(ValueProblem, match="needs numbers"):
        draw_norms(tutor.solve("sequences/bptt"))
    with pytest.raises(GraphError, match="hands nothing on"):
        draw_norms(tutor.solve("(x+y)*z", at={"x": 1, "y": 2, "z": 3}))
