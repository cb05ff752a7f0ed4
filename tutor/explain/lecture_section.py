"""What a lecture prints, and how it agrees: a section of every worked solution."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tutor.errors import TutorError
from tutor.explain.document import Block, Math, Paragraph, Sentence
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.explain.written_maths import set_maths
from tutor.expression.nodes import Name
from tutor.expression.parse import parse
from tutor.notation.profile import Notation
from tutor.rules.patterns import constant
from tutor.solving.check_claims import Verdict

_WORD = re.compile(r"[A-Za-z]\w*")


@dataclass(frozen=True, slots=True)
class Said:
    """What a lecture prints for something, how it agrees, and what it should be."""

    subject: Sentence
    printed: Sentence
    value: Sentence
    agreement: str
    erratum: str | None


def say_verdict(verdict: Verdict, words: Wording) -> Said:
    """A verdict for the document: formulas as maths, figures as printed."""
    claim = verdict.source
    if claim is not None and claim.update and claim.formula is not None and verdict.derived is not None:
        moved = tuple(split_places(words.pages.UPDATE_OF, {"quantity": [Math(Name(claim.update))]}))
        return Said(moved, (Math(claim.formula),), (Math(verdict.derived),), verdict.agreement, verdict.erratum)
    if claim is None or claim.subject is None or claim.formula is None:
        value: Sentence = (verdict.value,) if verdict.value and claim is not None and not claim.unknown else ()
        return Said(_read_bare(verdict.claim), _read_bare(verdict.printed), value, verdict.agreement, verdict.erratum)
    subject: Sentence = (Math(claim.subject),)
    if claim.after:
        after = words.pages.grammar.choose(words.pages.AFTER, claim.after)
        subject = tuple(split_places(after, {"quantity": subject, "count": (str(claim.after),)}))
    figure = constant(claim.formula) is not None
    printed: Sentence = (claim.printed,) if figure else (Math(claim.formula),)
    value = (Math(verdict.derived),) if verdict.derived is not None else (verdict.value,)
    return Said(subject, printed, value, verdict.agreement, verdict.erratum)


def lecture(verdicts: Sequence[Said], words: Wording, focused: bool, notation: Notation | None = None) -> list[Block]:
    """How the lecture's figures agree; ``notation`` has the symbols of what stands in dollars."""
    if not verdicts:
        return []
    pages, agrees = words.pages, words.rules.AGREES
    label = pages.LABELS["lecture"]
    blocks: list[Block] = []
    known = notation or Notation()
    if focused:
        for said in verdicts:
            places: dict[str, Sentence] = {
                "printed": said.printed, "subject": said.subject, "verdict": (agrees[said.agreement],),
                "erratum": set_maths(said.erratum or "", known),
            }  # fmt: skip
            blocks.append(Paragraph(tuple(split_places(pages.PRINTS_ERRATUM if said.erratum else pages.PRINTS, places)), label))
        return blocks
    counted: dict[str, int] = {}
    for said in verdicts:
        counted[said.agreement] = counted.get(said.agreement, 0) + 1
    blocks.append(Paragraph((_say_total(counted, words),), label))
    for said in verdicts:
        if said.agreement == "differs":
            places = {"subject": said.subject, "printed": said.printed, "value": said.value}
            found = split_places(pages.ERRATUM if said.value else pages.ERRATUM_BARE, places)
            note = set_maths(f" {pages.grammar.sentence(said.erratum)}", known) if said.erratum else ()
            blocks.append(Paragraph((*found, *note), pages.LABELS["erratum"]))
    return blocks


def _say_total(counted: Mapping[str, int], words: Wording) -> str:
    """How many agree, and in which ways; of one way only, nothing is counted twice."""
    pages = words.pages
    count, good = sum(counted.values()), sum(counted.get(key, 0) for key in pages.AGREED)
    if not good or counted.get("exact") == count:
        return pages.grammar.count(pages.ALL_EXACT if good else pages.NONE_AGREE, count)
    parts = [phrase.format(count=counted[key]) for key, phrase in pages.AGREED.items() if key in counted]
    return pages.AGREE.format(good=good, count=count, parts=pages.COMMA.join(parts))


def _read_bare(text: str) -> Sentence:
    """What names something that this exercise has not, as maths where it is a formula of quantities and derivatives, else as text."""
    names = [word if word == "d" else word.removeprefix("d") for word in _WORD.findall(text)]
    try:
        return (Math(parse(text, names=names)),)
    except TutorError:
        return (text,)
