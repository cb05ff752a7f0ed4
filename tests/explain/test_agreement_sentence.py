"""How many figures and formulas of a source agree is counted as one says it."""

import pytest

from tutor.explain.agreement_sentence import Said, say_total
from tutor.explain.lecture_section import lecture
from tutor.explain.words.languages import find_wording


def say(exact, rest=(), formulas=(), follows=()):
    """What is said of so many claims, each by how it agrees."""
    ways = [*["exact"] * exact, *rest]
    verdicts = [Said((f"q{place}",), (), (), way, None, place in formulas, place in follows) for place, way in enumerate(ways)]
    return ["".join(map(str, lecture(verdicts, find_wording(code), False)[0].parts)) for code in ("en", "de")]


@pytest.mark.parametrize(
    ("said", "english", "german"),
    [
        (say(1), "The checked figure agrees exactly.", "Die geprüfte Zahl stimmt genau."),
        (say(1, formulas={0}), "The checked formula agrees exactly.", "Die geprüfte Formel stimmt genau."),
        (say(0, ["rounded"]), "The checked figure agrees, rounded.", "Die geprüfte Zahl stimmt, gerundet."),
        (say(2), "Both checked figures agree exactly.", "Beide geprüften Zahlen stimmen genau."),
        (say(2, formulas={0, 1}), "Both checked formulas agree exactly.", "Beide geprüften Formeln stimmen genau."),
        (say(2, formulas={0}), "The checked figure and the checked formula agree exactly.",
         "Die geprüfte Zahl und die geprüfte Formel stimmen genau."),
        (say(3), "All 3 checked figures agree exactly.", "Alle 3 geprüften Zahlen stimmen genau."),
        (say(3, formulas={2}), "All 3 checked figures and formulas agree exactly.", "Alle 3 geprüften Zahlen und Formeln stimmen genau."),
        (say(0, ["differs"] * 2), "Neither of the two checked figures agrees.", "Keine der beiden geprüften Zahlen stimmt."),
        (say(0, ["differs"] * 4), "None of the 4 checked figures agrees.", "Keine der 4 geprüften Zahlen stimmt."),
        (say(1, ["differs"]), "1 of 2 checked figures agrees exactly.", "1 von 2 geprüften Zahlen stimmt genau."),
        (say(3, ["differs"]), "3 of 4 checked figures agree exactly.", "3 von 4 geprüften Zahlen stimmen genau."),
        (say(1, ["rounded", "differs"]), "2 of 3 checked figures agree: 1 exactly; 1 rounded (q1).",
         "2 von 3 geprüften Zahlen stimmen: 1 genau; 1 gerundet (q1)."),
        (say(1, ["rounded"]), "Both checked figures agree: 1 exactly; 1 rounded (q1).",
         "Beide geprüften Zahlen stimmen: 1 genau; 1 gerundet (q1)."),
        (say(0, ["rounded", "differs", "rounded"]), "2 of 3 checked figures agree, rounded (q0 and q2).",
         "2 von 3 geprüften Zahlen stimmen, gerundet (q0 und q2)."),
        (say(0, ["rounded"] * 2), "Both checked figures agree, rounded.", "Beide geprüften Zahlen stimmen, gerundet."),
        (say(0, ["truncated"] * 3), "All 3 checked figures agree, cut off (not rounded).",
         "Alle 3 geprüften Zahlen stimmen, abgeschnitten (nicht gerundet)."),
        (say(1, ["carried"] * 2), "All 3 checked figures agree: 1 exactly; 2 within the rounding of what goes into them (q1 and q2).",
         "Alle 3 geprüften Zahlen stimmen: 1 genau; 2 im Rahmen der Rundung dessen, was eingeht (q1 und q2)."),
        (say(1, ["rounded"] * 60), "All 61 checked figures agree: 1 exactly, 60 rounded.",
         "Alle 61 geprüften Zahlen stimmen: 1 genau, 60 gerundet."),
        (say(3, follows={2}), "Both checked figures agree exactly. Not printed there, but right as well: q2.",
         "Beide geprüften Zahlen stimmen genau. Dort nicht gedruckt, aber ebenfalls richtig: q2."),
        (say(2, follows={0, 1}), "Not printed there, but right as well: q0 and q1.",
         "Dort nicht gedruckt, aber ebenfalls richtig: q0 und q1."),
    ],
)  # fmt: skip
def test_what_is_printed_is_counted_as_one_says_it(said, english, german):
    assert said == [english, german]


def test_beside_what_is_cut_off_a_figure_that_is_right_both_ways_is_not_called_rounded():
    def tell(*ways):
        verdicts = [Said((name,), (), (), way, None, alike=alike) for name, way, alike in ways]
        return "".join(map(str, lecture(verdicts, find_wording("en"), False)[0].parts))

    both = (("a", "rounded", True), ("b", "rounded", False))
    assert tell(*both) == "Both checked figures agree, rounded."
    assert "1 rounded (b); 1 rounded or cut off alike (a); 1 cut off (c)." in tell(*both, ("c", "truncated", True))


def test_a_quantity_after_several_updates_is_named_once():
    verdicts = [Said((f"w after {count}",), (), (), "rounded", None, after=(("w",), count)) for count in (1, 2, 4)]
    said = "".join(map(str, say_total([*verdicts, Said(("L",), (), (), "exact", None)], find_wording("en"))))
    assert said == "All 4 checked figures agree: 1 exactly; 3 rounded (w after 1, 2 and 4 updates)."
