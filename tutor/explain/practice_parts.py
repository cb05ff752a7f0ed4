"""Parts of a session for a page that is more than a text: its graph, what a step touches in it, and what is understood while typing."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.derive.working import list_referred
from tutor.explain.document import Document, Inline, Math, Paragraph
from tutor.explain.feedback_page import cut
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.expression.keys import read_after, read_derivative, read_edge
from tutor.expression.plain import write_plain
from tutor.graph.nouns import Step
from tutor.practice.preview import Preview

LONGEST = 1_000
"""A formula of more letters is not shown while it is typed."""


def list_touched(step: Step) -> tuple[str, ...]:
    """The quantities that a step is about, to be lit up in the graph: what it computes, and what it uses.

    >>> from tutor.expression.nodes import Mul, Name, Partial
    >>> list_touched(Step("dL/dz", Mul((Partial("L", "a"), Partial("a", "z"))), "chain rule", sort="gradient"))
    ('L', 'z', 'a')
    """
    keys = (step.target, *list_referred(step.expr))
    return tuple(dict.fromkeys(name for key in keys for name in list_key_names(key)))


def list_put_in(step: Step | None, shown: Mapping[str, str]) -> tuple[str, ...]:
    """The numbers that stand in a step, of those that are on the table: where one of them changes the step reads differently.

    >>> from tutor.expression.nodes import Mul, Name
    >>> list_put_in(Step("z", Mul((Name("w"), Name("x"))), "product"), {"w": "2"})
    ('2', '')
    """
    return tuple(shown.get(name, "") for name in list_referred(step.expr)) if step is not None else ()


def list_key_names(key: str) -> tuple[str, ...]:
    """The quantities in a name or a derivative.

    >>> list_key_names("dL/dw5"), list_key_names("c|x"), list_key_names("w5@1")
    (('L', 'w5'), ('c', 'x'), ('w5',))
    """
    derivative = read_edge(key) or read_derivative(key)
    return (derivative.of, derivative.wrt) if derivative is not None else (read_after(key).key,)


def write_preview(preview: Preview, words: Wording = ENGLISH) -> Document:
    """What was understood of a text that is being typed, or why nothing is."""
    if preview.message:
        first = str(words.reader.say(preview.message)).splitlines()[0]
        return Document("", blocks=(Paragraph((cut(first, words.marking, 160),)),), language=words.language)
    parts: list[Inline] = []
    for sign, expr in preview.members:
        if sign:
            parts.append(f"\N{NO-BREAK SPACE}{sign}\N{NO-BREAK SPACE}")
        parts.append(Math(expr) if len(write_plain(expr)) < LONGEST else "…")
    return Document("", blocks=(Paragraph(tuple(parts)),) if parts else (), language=words.language)
