"""What was done: alone, with hints, from a value of one's own, how long; before an exam ends no verdict."""

from tutor.exercise.load import load
from tutor.explain.practice_summary import write_proposal, write_summary
from tutor.explain.words.languages import find_wording
from tutor.notation.profile import Notation
from tutor.practice.learner import Proposal
from tutor.practice.session import Event, Settings, start, step
from tutor.render.terminal.terminal_page import write_plain_page


def write(session, lang="en"):
    return " ".join(write_plain_page(write_summary(session, find_wording(lang)), Notation(), 100).split())


def take(session, *texts, at=0.0):
    for text in texts:
        at += 30
        session, _ = step(session, Event(text[1:], "", at) if text.startswith(":") else Event("answer", text, at))
    return session


def test_what_a_kept_value_changed():
    own = f"{0.4 * 0.7 + 0.45 * 0.596884 + 0.6:.6f}"
    typed = ("0.3775", "0.7", ":keep", "0.3925", "0.596884", own, ":hint", ":quit")
    text = write(take(start(load("neuron/two-two-two"), Settings(wrt=("w5",))), *typed))
    assert "your own value, not right; right is 0.593270" in text
    assert "1.148598 on your own; from your own out_h1, else 1.10591 0:30" in text
    assert "out_o1 not right yet" in text
    assert "13 steps were not reached." in text
    assert "Time: 3:30" in text


def test_before_an_exam_ends_it_tells_no_verdict():
    session = take(start(load("neuron/two-two-two"), Settings(mode="exam", wrt=("w5",))), "0.3775", "0.7")
    text = write(session)
    assert "in_h1 0.3775 answered" in text
    assert "2 of 18 steps answered" in text
    assert not any(word in text for word in ("right", "Mark", "slipped", "%", "0.593"))
    assert "right is 0.593270" in write(take(session, ":quit", at=90.0))


def test_what_to_do_next():
    proposal = Proposal("graz/chain", "gradient:chain rule", 0.4)
    assert write_proposal(proposal) == ("Next: graz/chain. It trains the chain rule (40%).",)
    assert "tutor practise graz/chain" in write_proposal(proposal, find_wording("de"), command=True)[0]
