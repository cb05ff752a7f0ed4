"""Times of a graph's quantities, and faults put where the file has their step."""

import pytest

from tutor.errors import GraphError, TutorError
from tutor.exercise.load import from_text, write_out_with
from tutor.marking.mark_submission import Marker

STACKED = 'title = "T"\nloss = "h[2][T]"\n[[repeat]]\nindex = ["l", "t"]\nto = [2, "T"]\nsteps = ["h[l][t] = w[l]*h[l-1][t] + u*h[l][t-1]"]'


def test_times_are_those_of_the_open_index():
    exercise = from_text(STACKED, "t")
    times = exercise.repetition.list_times(exercise.graph)
    assert (times["h_1_2"].time, times["h_1_2"].spell(5), "w_1" in times) == (2, "h_1_5", False)
    assert exercise.repetition.end == 3
    assert write_out_with(exercise, 5).graph.loss == "h_2_5"
    quantities = {quantity.name: quantity.time for quantity in exercise.graph.nodes}
    assert quantities["h_2_3"] == ("2", "3")


def test_faults_stand_where_the_step_was_written():
    repetition = from_text(STACKED, "t").repetition
    faults = [GraphError("odd", where="steps[2]"), GraphError("odd", where="steps: step h_1_3"), GraphError("odd", where="values.x")]
    places = [error.where for error in repetition.replace_places(faults)]
    assert places == ["repeat[1].steps[1], l = 1, t = 2", "values.x"]


ASKED = """title = "T"\nloss = "sum(L[t], t)"
[[repeat]]\nto = "T"\nsteps = ["h[t] = tanh(w*x[t] + u*h[t-1])", "L[t] = (h[t] - y[t])^2"]
[[question]]\nid = "delta"\nask = """


def test_a_question_of_any_time_is_answered_with_the_letter():
    marker = Marker(from_text(f'{ASKED}"dL/dh[t]"', "t"))
    answers = ("2*(h[t] - y[t]) + dL/dh[t+1]*(1 - h[t+1]^2)*u", "2(hₜ - yₜ) + ∂L/∂hₜ₊₁ (1 - h_{t+1}^2) u", "2*(h[t] - y[t])")
    assert [marker.judge("delta", text)[0].verdict for text in answers] == ["correct", "correct", "misconception"]
    with pytest.raises(TutorError, match="at no t"):
        from_text(f'{ASKED}"dL/dh[t+5]"', "t")
    with pytest.raises(TutorError, match="of any t"):
        from_text(f'{ASKED}"dL/dh[t]"\nkind = "number"', "t")
