"""What a question asks for, as it is said in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.exercise.question import Question
from tutor.explain.document import Code, Inline, Math
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.expression.keys import read_after
from tutor.expression.walk import as_name

MOST_NAMED = 6
"""So many quantities of one question are listed by name, and one more: dots are for more than one."""


def name_asked(question: Question, words: Wording) -> list[Inline]:
    """What a question asks for: quantities and derivatives as maths, "w after 3 updates", what is counted."""
    say = words.sheets
    if question.program is not None:
        return [Code(question.program.backward), f" ({question.ask})"]
    keys = [question.shown] if question.shown else [question.array] if question.array else list(question.targets)
    if keys[0].startswith("count "):
        return [say.COUNT[keys[0].removeprefix("count ")]]
    if question.kind == "column":
        first, last = read_after(keys[0]), read_after(keys[-1])
        places: dict[str, Sequence[Inline]] = {
            "quantity": [Math(as_name(first.key))], "first": [str(first.updates)], "last": [str(last.updates)],
        }  # fmt: skip
        return split_places(say.AFTER_EACH, places)
    named = keys if len(keys) <= MOST_NAMED + 1 else [*keys[: MOST_NAMED - 1], keys[-1]]
    parts: list[Inline] = []
    for place, key in enumerate(named):
        after = read_after(key)
        parts += [words.pages.COMMA] if place else []
        parts += ["…", words.pages.COMMA] if place == len(named) - 1 and len(named) < len(keys) else []
        if not after.updates:
            parts.append(Math(as_name(key)))
            continue
        phrase = say.grammar.choose(say.AFTER, after.updates)
        parts += split_places(phrase, {"quantity": [Math(as_name(after.key))], "count": [str(after.updates)]})
    return parts if len(keys) == 1 else ["(", *parts, ")"]
