"""What to say about a name that stands for nothing: a run-together function, a product without signs, the names that are alike."""

from __future__ import annotations

from collections.abc import Sequence

from tutor.errors import ExpressionError, hint_near, tell
from tutor.expression import signs
from tutor.expression.caret import refusal, refuse_unknown
from tutor.expression.elsewhere import ELSEWHERE, function_hint
from tutor.expression.lexicon import Vocabulary
from tutor.expression.spelling import BASE
from tutor.expression.tokens import Token
from tutor.text import make_visible


def refuse_no_quantity(text: str, typed: str, at: int, known: Vocabulary, tokens: Sequence[Token] = ()) -> ExpressionError:
    """The refusal of the name ``typed`` at the place ``at``, behind ``tokens``: what is meant by it, as far as that can be said.

    >>> from tutor.expression.lexicon import Vocabulary
    >>> refuse_no_quantity("2 + quux", "quux", 4, Vocabulary({}, {})).what
    'there is no quantity quux'
    """
    after = at + len(typed)
    following = text[after : after + 1]
    strange = following and not following.isascii() and not following.isspace()
    if strange and not (
        signs.SUPER.match(following) or BASE.match(following) or following in signs.CHARACTERS or following in signs.HALVES
    ):
        return refuse_unknown(text, after, known.hints)  # wж: the name only ends there because of it
    kinds = [token[0] for token in tokens[-3:] if token[0] != "'"]
    return refusal(text, tell("there is no quantity {name}", name=make_visible(typed)), at,
                   _hint_name(typed, known, kinds[-2:] == ["f", "("]))  # fmt: skip


def _hint_name(typed: str, known: Vocabulary, inside: bool) -> str:
    """What may be meant by a name; ``inside``: it is what a function is applied to."""
    names = known.names
    if typed.lower() in ELSEWHERE:
        return function_hint(typed, ())
    if inside and len(typed) == 1 and names:
        inner = [name for name in names if name[:1] in "isznua"][-4:] or names[-4:]
        return tell("write by its name what the function is applied to, such as {names}", names=", ".join(inner))
    if call := _split_call(typed, known):
        return tell("did you mean {names}?", names=call)
    if len(parts := _list_entries(typed, names)) > 1:
        some = ", ".join([*parts[:3], *(["…"] if len(parts) > 3 else [])])
        return tell("{name} is no single quantity here; there are {names}", name=make_visible(typed[:40]), names=some)
    if typed.isalnum() and len(typed) < 9 and all(letter in known.declared for letter in typed):
        return tell("write {product} for a product", product="*".join(typed))
    alike = [name for name in names if name[:1].lower() == typed[:1].lower() and abs(len(name) - len(typed)) < 4][:60]
    some = ", ".join([*names[:10], *(["…"] if len(names) > 10 else [])])
    listed = tell("the names are: {names}", names=some) if names else ""
    return hint_near(typed[:40], alike) or listed


def _list_entries(typed: str, names: Sequence[str]) -> list[str]:
    """The entries of an array, where one of them is wanted and its whole was typed: X_1_1 for X."""
    begins = f"{typed}_"
    return [name for name in names if name.startswith(begins) and name[len(begins) :].replace("_", "").isdecimal()]


def _split_call(typed: str, known: Vocabulary) -> str:
    """cos(x) for cosx, where x is a quantity; nothing for any other word."""
    return next(
        (f"{typed[:cut]}({typed[cut:]})" for cut in range(len(typed) - 1, 1, -1)
         if typed[:cut] in known.functions and (typed[cut:] in known.declared or typed[cut:].isdigit())), "",
    )  # fmt: skip
