"""What a question asks for, in a sentence."""

from tutor.exercise.question import Question
from tutor.explain.asked_quantity import name_asked
from tutor.explain.document import Math
from tutor.explain.words.wording import ENGLISH
from tutor.expression.nodes import Name, Partial


def test_what_is_asked_for_is_named():
    def named(*targets, **more):
        return [part.expr if isinstance(part, Math) else part for part in name_asked(Question("q", "q", targets=targets, **more), ENGLISH)]

    assert named("w5@1") == [Name("w5"), " after ", "1", " update"]
    assert named("dL/dw", "dL/db") == ["(", Partial("L", "w"), ", ", Partial("L", "b"), ")"]
    assert named(*(f"x{i}" for i in range(9)))[-4:-1] == ["…", ", ", Name("x8")]
    assert named("w@0", "w@1", "w@2", kind="column") == [Name("w"), " after ", "0", ", …, ", "2", " updates"]
    assert named("a", "b", array="dL/dW") == [Partial("L", "W")]
    assert named("count weights") == ["the number of weights"]
