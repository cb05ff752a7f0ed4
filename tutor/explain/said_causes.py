"""What is said of a wrong figure of a page: what it probably is, or what it follows from."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tutor.explain.document import Inline
from tutor.explain.words.marking_words import MarkingWords
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.marking.marked import Slip
from tutor.marking.page_factors import ANOTHER, FACTORS, SWAPPED
from tutor.marking.page_repairs import REPAIRS
from tutor.solving.check_claims import Cause

LONG = 24
"""What is printed is said again where it is no longer than this."""
WAYS = 3
"""So many explanations that fit equally well are said."""


def write_slips(ways: Sequence[Sequence[Slip]], words: MarkingWords, step: Callable[[str], Inline]) -> list[Inline]:
    """What was probably done; explanations that fit equally well are all said.  ``step`` writes the step where one was made.

    >>> write_slips([[Slip("bias-twice", "z")]], MarkingWords(), str)
    ['Probably ', 'the bias was added twice', ', in the step ', 'z', '.']
    """
    ways, more = ways[:WAYS], len(ways) > WAYS
    places = {slip.at for way in ways for slip in way if words.slip(slip.tag).placed}
    found: list[Inline] = []
    for place, way in enumerate(ways):
        found += [words.OR] if place else []
        for number, slip in enumerate(way):
            found += [words.TOGETHER] if number else []
            found.append(words.slip(slip.tag).done)
            found += split_places(words.IN_STEP, {"step": [step(slip.at)]}) if slip.at in places - {""} and len(places) > 1 else []
    found += [words.OR_ELSE] if more else []
    if len(places) == 1 and (at := places.pop()):
        found += split_places(words.IN_STEP, {"step": [step(at)]})
    return split_places((words.PROBABLY, words.EITHER, words.SEVERAL)[min(len(ways), 3) - 1], {"slips": found})


def say_cause(cause: Cause, words: Wording) -> str:
    """What is known of a wrong figure, in a sentence or two; its quantities are written as they stand in ``cause``.

    >>> from tutor.explain.words.wording import ENGLISH
    >>> say_cause(Cause("slip", ((("twice-too-large", "a"),),), factor="2"), ENGLISH)
    'It is 2 times what is right: probably a factor ½ (a scale, a mean of two) was forgotten, or a 2 counted twice.'
    """
    audit = words.audit
    plain = audit.grammar.choose(audit.ROUNDED, len(cause.follows)) if cause.kind == "rounded" else audit.CAUSES.get(cause.kind, "")
    parts = [_say_slips(cause, words) if cause.slips else plain.format(claims=_list_claims(cause, words))]
    if cause.spoils:
        parts.append(audit.grammar.choose(audit.ROOT, cause.spoils).format(count=cause.spoils))
    return " ".join(parts)


def name_cause(cause: Cause, words: Wording) -> str:
    """What a figure that is wrong by itself probably is, in a few words; nothing for what only follows, or has no known reason.

    >>> from tutor.explain.words.wording import ENGLISH
    >>> name_cause(Cause("slip", ((("digits-swapped", "a"),),)), ENGLISH), name_cause(Cause("consequence"), ENGLISH)
    ('digits exchanged', '')
    """
    if not cause.slips:
        return words.audit.NAMES.get(cause.kind, "")
    ways = [words.marking.AND.join(_name_slip(tag, cause, words) for tag, _ in way) for way in cause.slips[:WAYS]]
    return words.marking.OR_NAMED.join(dict.fromkeys(ways))


def _name_slip(tag: str, cause: Cause, words: Wording) -> str:
    if tag in FACTORS:
        return words.audit.NAMES["factor"].format(factor=write_factor(cause.factor)) if cause.factor else words.audit.CHANGES[tag]
    return words.audit.NAMES.get(tag) or words.marking.slip(tag).name


def write_factor(factor: str) -> str:
    """A factor as it is written.

    >>> write_factor("1/sqrt(3)"), write_factor("-1")
    ('1/√3', '−1')
    """
    return {"1/2": "½", "-1": "−1"}.get(factor) or _ROOT.sub(lambda found: f"{found[1] or ''}√{found[2]}", factor)


_ROOT = re.compile(r"(1/)?sqrt\((\d+)\)")


def _list_claims(cause: Cause, words: Wording) -> str:
    named = [words.audit.CLAIM.format(claim=claim, printed=printed) if len(printed) <= LONG else claim for claim, printed in cause.follows]
    return "".join(words.audit.grammar.enumerate_parts(named, words.audit.COMMA, words.audit.AND))


def _say_slips(cause: Cause, words: Wording) -> str:
    audit = words.audit
    tags = [tag for way in cause.slips for tag, _ in way]
    if tags[0] in FACTORS and cause.factor:
        return audit.FACTOR.format(factor=cause.factor, reason=audit.CHANGES[tags[0]])
    if tags[0] in REPAIRS:
        return audit.REPAIRS[tags[0]].format(quantity=cause.slips[0][0][1])
    if tags[0] == SWAPPED:
        return audit.SWAPPED
    if tags[0] == ANOTHER:
        names = [at for way in cause.slips for tag, at in way if tag == ANOTHER]
        if len(names) == 1:
            return audit.ANOTHER.format(quantity=names[0])
        return audit.ANOTHER_OR.format(quantities="".join(audit.grammar.enumerate_parts(names, audit.COMMA, audit.OR)))
    ways = [[Slip(tag, at) for tag, at in way] for way in cause.slips if way[0][0] not in (*FACTORS, SWAPPED, ANOTHER)]
    return "".join(str(part) for part in write_slips(ways, words.marking, str))
