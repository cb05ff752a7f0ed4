"""A session: learners that are made go through every exercise; events come to the same again; no answer is given away."""

import json
import random
import re
from fractions import Fraction

import pytest
from chosen_exercises import chosen_entries, load_once
from learners_made import answer_right, slip_once, take_hints, type_rubbish
from some_now import some_now

from tutor.contracts.practice_json import read_event, write_event, write_reply, write_state
from tutor.exercise.load import load
from tutor.expression.plain import write_plain
from tutor.practice.ladder import list_rungs, write_answer
from tutor.practice.session import DONE, Event, PracticeError, Settings, choices, replay, start, step

EXERCISES = [entry.id for entry in chosen_entries()]
FORMS = some_now([(ident, layer) for ident in EXERCISES for layer in (False, True)], every=59, rows=True)


@pytest.mark.parametrize(("ident", "layer"), FORMS)
def test_every_learner_comes_to_the_end(ident, layer):
    begun = start(load_once(ident), Settings(layer=layer))
    assert begun.lesson.tasks
    right, answers = answer_right(begun)
    assert right.ended
    assert answers <= len(begun.lesson.tasks)
    for learner in (take_hints, type_rubbish):
        ended, _ = learner(begun)
        assert ended.ended
        assert all(ended.look_up(task.id).status in DONE for task in ended.lesson.tasks)
    assert not any(take_hints(begun)[0].look_up(task.id).earned for task in begun.lesson.tasks if begun.look_up(task.id).status == "shown")


@pytest.mark.parametrize(("ident", "layer"), FORMS)
def test_what_is_worked_out_is_not_asked(ident, layer):
    """``learn`` asks for no more than ``practise``, and its learner comes to the end, too."""
    taught, asked = answer_right(start(load_once(ident), Settings(layer=layer, mode="learn")))
    all_asked = answer_right(start(load_once(ident), Settings(layer=layer)))[1]
    assert taught.ended
    assert asked <= all_asked


def test_right_work_is_never_asked_twice():
    session = start(load("neuron/two-two-two"), Settings(wrt=("w5",)))
    session, reply = step(session, Event("answer", "dL/dw5 = 0.0822"))
    assert reply.task == "dL/dw5"
    assert "out_h1" in reply.implied
    session, count = answer_right(session)
    done = [task.id for task in session.lesson.tasks if session.look_up(task.id).status == "right"]
    assert count == len(done) - 1
    assert not set(done) & set(reply.implied)


@pytest.mark.parametrize("line", ["in_h1 = 0.3775; out_h1 = 0.5", "in_h1 = 0.3775, out_h1 = 0.5", "in_h1 = 0.3775\nout_h1=0.5"])
def test_several_answers_on_a_line(line):
    session, reply = step(start(load("neuron/two-two-two"), Settings(wrt=("w5",))), Event("answer", line))
    assert [(one.task, one.marked.verdict) for one in (*reply.before, reply)] == [("in_h1", "correct"), ("out_h1", "wrong")]
    assert session.at == "out_h1"
    assert len(session.events) == 1
    assert [one["id"] for one in write_reply(session, reply)["before"]] == ["in_h1"]


def test_a_vector_is_one_answer():
    session = start(load("dl/index-network-layers"), Settings(layer=True))
    _, reply = step(session, Event("answer", "[1, 2, 3, 4]"))
    assert reply.before == ()


def test_a_journal_comes_to_the_same():
    session = start(load("neuron/two-two-two"), Settings(wrt=("w5", "b1")))
    typed = ["0.3775", "0.7", "?", "banana(", "0.3924", "dL/dw5 = 0.08", "in_o1 = 1.1"]
    at = 0.0
    for text in typed:
        at += 7.5
        session, _ = step(session, Event("answer", text, at))
        session, _ = step(session, Event("hint", "", at + 1))
    session, _ = step(session, Event("keep", "", at + 2))
    lines = [json.dumps(write_event(event)) for event in session.events]
    again = replay(start(session.lesson), [read_event(json.loads(line), 0.0) for line in lines])
    assert again == session
    assert write_state(again) == write_state(session)


def test_their_own_value_goes_on():
    """Follow-through: who keeps a wrong value is right with what follows from it."""
    session = start(load("neuron/two-two-two"), Settings(wrt=("w5",)))
    session, _ = step(session, Event("answer", "0.3775"))
    session, reply = step(session, Event("answer", "0.7"))
    assert reply.marked.verdict == "wrong"
    assert "keep" in choices(session)
    session, _ = step(session, Event("keep"))
    session, _ = step(session, Event("answer", "0.3925"))
    session, _ = step(session, Event("answer", "0.596884"))
    session, reply = step(session, Event("answer", f"{0.4 * 0.7 + 0.45 * 0.596884 + 0.6:.6f}"))
    assert reply.marked.verdict == "follow-through"
    assert reply.marked.follows == ("out_h1",)


def test_hints_are_unlocked_by_a_try_or_a_pause():
    session = start(load("neuron/two-two-two"), Settings(wrt=("w5",), pause=20.0))
    session, reply = step(session, Event("hint", at=0.0))
    assert reply.rung.kind == "look"
    session, reply = step(session, Event("hint", at=5.0))
    assert (reply.note, reply.wait) == ("locked", 15.0)
    session, reply = step(session, Event("answer", "0.9", at=6.0))
    session, reply = step(session, Event("hint", at=7.0))
    assert reply.rung.kind == "rule"
    session, reply = step(session, Event("hint", at=27.0))
    assert reply.rung.kind == "smaller"
    session, reply = step(session, Event("hint", at=47.0))
    assert reply.rung.kind == "symbols"


def test_after_two_tries_the_step_is_placed():
    session = start(load("neuron/two-two-two"), Settings(wrt=("w5",)))
    session, reply = step(session, Event("answer", "0.9"))
    assert reply.placed is None
    session, reply = step(session, Event("answer", "0.8"))
    assert reply.placed.kind == "symbols"


@pytest.mark.parametrize(("before", "earned"), [
    ((), Fraction(1)), (("0.9",), Fraction(7, 10)), (("0.9", "0.8"), Fraction(1, 2)), (("0.9",) * 5, Fraction(1, 2)),
])  # fmt: skip
def test_what_a_try_costs(before, earned):
    session = start(load("neuron/two-two-two"), Settings(mode="graded", wrt=("w5",)))
    for text in before:
        session, _ = step(session, Event("answer", text))
    session, _ = step(session, Event("answer", "0.3775"))
    assert session.look_up("in_h1").earned == earned


def test_unreadable_is_no_try():
    session = start(load("neuron/two-two-two"), Settings(wrt=("w5",)))
    for text in ("banana((", "", "?", "0,,5"):
        session, reply = step(session, Event("answer", text))
        assert reply.note in ("unreadable", "blank")
    assert session.look_up("in_h1").attempts == 0
    assert session.look_up("in_h1").first is None


@pytest.mark.parametrize("text", ["0.3775, 0.5, 0.6", "0.3775\n0.5\n0.6", "[0.3775, 0.5]", "in_h1 = 0.3775, 0.5"])
@pytest.mark.parametrize("mode", ["practise", "exam"])
def test_several_values_are_no_try_where_one_is_asked(text, mode):
    session, reply = step(start(load("neuron/two-two-two"), Settings(mode=mode, wrt=("w5",))), Event("answer", text))
    assert (reply.note, reply.marked.verdict, session.at) == ("unreadable", "unreadable", "in_h1")
    assert "^" in reply.marked.message
    assert session.look_up("in_h1").attempts == 0
    vector = start(load("dl/index-network-layers"), Settings(layer=True))
    assert step(vector, Event("answer", "1\n2\n3"))[0].look_up("s0").attempts == 1


def test_two_lines_for_a_count_are_read():
    _, reply = step(start(load("cmu/counting")), Event("answer", "2*3\n6"))
    assert reply.marked.verdict == "correct"


def test_an_exam_tells_nothing():
    session = start(load("neuron/two-two-two"), Settings(mode="exam", wrt=("w5",)))
    session, reply = step(session, Event("hint"))
    assert reply.note == "no-hints"
    session, reply = step(session, Event("answer", "0.9"))
    assert (reply.marked, reply.note) == (None, "taken")
    assert session.at != "in_h1"
    assert session.look_up("in_h1").earned == 0


def test_refusals():
    session = start(load("neuron/two-two-two"))
    assert step(session, Event("go", "dL_total/dw5"))[0].at == "dL/dw5"  # as an answer may name it
    with pytest.raises(PracticeError, match="no step"):
        step(session, Event("go", "dL/dw99"))
    with pytest.raises(PracticeError, match=r"there are df/dg, dg/dx, df/dx\Z"):
        step(start(load("graz/chain")), Event("go", "zzz"))
    session, _ = step(session, Event("quit"))
    with pytest.raises(PracticeError, match="ended"):
        step(session, Event("answer", "1"))


def test_what_shows_other_steps_comes_after_them():
    """The lines of a worked solution are formulas, factors and ways that other questions ask for."""
    session, reply = take("normalisation/unit-length", ":go dL/ds.wrong-line")
    assert (session.at, reply.note) == ("dL/du_1", "early")
    while session.at and session.task.kind != "wrong-line":
        session, _ = step(session, Event("skip" if session.look_up(session.at).status == "open" else "give-up"))
    assert all(session.look_up(ident).status in DONE for ident in session.lesson.list_told(session.task))
    exam = start(session.lesson.exercise, Settings(mode="exam"))
    assert not any(task.kind == "wrong-line" for task in exam.lesson.tasks)  # there an answer may still be changed


def test_a_derivative_along_one_edge_is_read_as_it_is_shown():
    """∂u₁/∂x₁ beside the path through s, right and in a slip; ∂L/∂mu₁ in its own formula is written out."""
    session, _ = take("normalisation/unit-length", ":go dL/dx_1")
    shown = write_answer(session.lesson.marker, session.task.question)
    assert shown == "dL/ds*ds/dx_1 + dL/du_1*du_1/dx_1"
    assert step(session, Event("answer", shown))[1].marked.verdict == "correct"
    told = step(session, Event("answer", "dL/ds*ds/dx_1 + 2*dL/du_1*du_1/dx_1"))[1].marked.slips
    assert {slip.tag for slips in told for slip in slips} == {"path-twice"}
    session, _ = take("generative/reparametrised", ":go dL/dmu_1")
    assert "dL/dmu_1" not in write_answer(session.lesson.marker, session.task.question)


@pytest.mark.parametrize("ident", some_now(["neuron/two-two-two", *EXERCISES], every=len(EXERCISES) + 1))
def test_nothing_is_given_away(ident):
    """Whatever is said before an answer is earned does not have it: all that is sent is searched for each number that is still asked."""
    session = start(load_once(ident))
    given = [value for value in session.lesson.exercise.values.values() if isinstance(value, Fraction)]
    known = {f"{float(value):.4g}" for value in given}
    for place in range(40):
        task = session.task
        if task is None or session.ended:
            break
        said = json.dumps(write_state(session))
        at = place * 100.0
        for event in (Event("answer", "17", at), Event("hint", "", at + 30), Event("hint", "", at + 60)):
            if session.at == task.id:
                session, reply = step(session, event)
                said += json.dumps(write_reply(session, reply)) if reply.rung is None or reply.rung.kind != "result" else ""
        own = write_answer(session.lesson.marker, task.question)
        if task.question.kind == "number" and own not in known and len(re.sub(r"\D", "", own)) >= 5:
            assert own not in said
        if session.at == task.id:
            session, _ = step(session, Event("answer", own, at + 90))


SOME = ("neuron/two-two-two", "qmul/activated-neuron", "graz/two-two-one", "cmu/three-layer-chain", "dl/bce")


@pytest.mark.parametrize(("idents", "layer", "seed"), [
    (SOME, False, 2), *(pytest.param(EXERCISES[seed::4], layer, seed, marks=pytest.mark.slow) for layer, seed in ((False, 0), (True, 1))),
])  # fmt: skip
def test_a_slip_is_told_at_its_step(idents, layer, seed):
    """By its tag, at the step where it is made, at once; seven digits say enough."""
    chance, made, missed = random.Random(seed), [], []
    for ident in idents:
        session, learner = slip_once(start(load_once(ident), Settings(layer=layer)), chance)
        assert session.ended
        made += learner.slips
        missed += learner.list_missed()
    assert len(made) > 40
    assert sum(bool(one[3]) for one in missed) <= 0.01 * len(made)  # hardly ever that of another
    assert len(missed) <= 0.02 * len(made), missed


def take(ident, *texts, every=60.0, **settings):
    """A session after these answers (or ``:events``), and the last reply."""
    session, reply = start(load_once(ident), Settings(**settings)), None
    for place, text in enumerate(texts):
        kind, _, more = text[1:].partition(" ") if text.startswith(":") else ("answer", "", text)
        session, reply = step(session, Event(kind, more, place * every))
    return session, reply


AFTER = ((), (":back",), (":back", ":back"), (":go z_L", "5"), (":keep",), (":hint",), (":give-up",), (":skip",), (":go z_L", ":skip"))


@pytest.mark.parametrize("more", AFTER)
def test_an_exam_is_the_same_whether_answers_are_right(more):
    """Where one is, what may be done, what is said: nothing of it depends on what was answered."""
    seen = []
    for given in (("7", "8"), ("2.2", "0.90025")):
        session, reply = take("qmul/activated-neuron", *given, *more, mode="exam")
        told = write_reply(session, reply)
        seen.append((write_state(session), {key: told.get(key) for key in ("note", "verdict", "marks", "slips", "implied")}))
    assert seen[0] == seen[1]


def test_an_answer_of_an_exam_may_be_changed():
    session, reply = take("qmul/activated-neuron", "7", ":back", "2.2", mode="exam")
    assert reply.note == "taken"
    assert session.look_up("z_L").status == "right"
    assert session.look_up("z_L").earned == 1


def test_an_exam_counts_what_follows_at_its_end():
    session, _ = take("qmul/activated-neuron", "b_L@1 = 0.992811", mode="exam")
    assert session.look_up("z_L").status == "open"
    session, _ = step(session, Event("quit", at=99.0))
    assert session.look_up("z_L").status == "implied"


@pytest.mark.parametrize("event", [":skip", ":give-up", ":hint", ":keep", "17"])
def test_what_is_done_stays_done(event):
    session, _ = take("cmu/counting", "6", ":go count_neurons")
    before = session.look_up("count_neurons")
    assert before.status == "right"
    session, _ = step(session, Event(event[1:], at=500.0) if event.startswith(":") else Event("answer", event, 500.0))
    assert session.look_up("count_neurons").status == "right"
    assert session.look_up("count_neurons").earned == before.earned
    assert event == ":keep" or session.at != "count_neurons"


def test_asking_again_does_not_put_a_hint_off():
    session = start(load("qmul/activated-neuron"))
    kinds = []
    for at in (0, 15, 19, 21, 30, 42):
        session, reply = step(session, Event("hint", at=at))
        kinds.append(reply.note or reply.rung.kind)
    assert kinds == ["look", "locked", "locked", "rule", "locked", "smaller"]
    session, reply = step(session, Event("answer", "banana((", at=61))
    session, reply = step(session, Event("hint", at=63))
    assert reply.rung is not None


@pytest.mark.parametrize("ident", some_now(EXERCISES, every=15, first=1))
def test_the_first_hint_of_a_step_is_not_its_answer(ident):
    for layer in (False, True):
        lesson = start(load_once(ident), Settings(layer=layer)).lesson
        for task in lesson.tasks:
            rungs = list_rungs(lesson.marker, task, {})
            assert len(rungs) >= 2
            assert rungs[0].kind != "result"
            answer = write_answer(lesson.marker, task.question)
            if task.question.kind in ("expression", "chain"):
                assert all(write_plain(rung.right) != answer for rung in rungs[:-1] if rung.right is not None)


def test_after_giving_up_an_array_its_right_value_is_in_force():
    session, _ = take("qmul/convolution-line", "[1, 2, 3]", ":give-up", layer=True)
    assert not set(session.lesson.tasks[0].question.targets) & set(session.earlier.results)


def test_their_own_value_stands_where_it_follows():
    session, _ = take("qmul/activated-neuron", "3", ":keep", "0.952574")
    assert session.list_shown()["x_L"] == "0.952574"
    session, _ = step(session, Event("go", "z_L", 500.0))
    session, _ = step(session, Event("answer", "2.2", 510.0))
    assert session.list_shown()["x_L"] == "0.900250"


def test_what_of_a_choice_is_not_right():
    session, _ = take("qmul/activated-neuron", ":go dE0/dw_L.factors")
    question = session.task.question
    wrong = next(letter for letter, _ in question.options if letter not in question.right)
    for typed, said in ((question.right[0], "missing"), (f"{', '.join(question.right)}, {wrong}", "too-many"), (wrong, "other")):
        assert step(session, Event("answer", typed))[1].chosen == said


@pytest.mark.parametrize("typed", ["w_L*x_Lm1 + b_L", "w_L*x_Lm1 - b_L", "2.2", "7", "1/(1 + exp(-w_L))"])
@pytest.mark.parametrize("mode", ["practise", "exam"])
def test_what_stands_on_the_table_is_earned_or_ones_own(mode, typed):
    """A wrong answer that is kept never brings the right number to the table, however it was typed."""
    session, _ = take("qmul/activated-neuron", typed, *([":keep"] if mode == "practise" else []), mode=mode)
    shown = session.list_shown().get("z_L")
    right = typed in ("2.2", "w_L*x_Lm1 + b_L")
    assert (shown == "2.2") <= right
