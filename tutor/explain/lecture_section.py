"""What a lecture prints, and how it agrees: a section of every worked solution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.explain.document import Block, Inline, Math, Paragraph, Sentence
from tutor.explain.words import rules as wording
from tutor.rules.patterns import constant
from tutor.solving.check_claims import Verdict


@dataclass(frozen=True, slots=True)
class Said:
    """What a lecture prints for something, how it agrees, and what it should be."""

    subject: Sentence
    printed: Sentence
    value: Sentence
    agreement: str
    erratum: str | None


def say_verdict(verdict: Verdict) -> Said:
    """A verdict for the document: formulas as maths, figures as printed."""
    claim = verdict.source
    if claim is None or claim.subject is None or claim.formula is None:
        value: Sentence = (verdict.value,) if verdict.value and claim is not None and not claim.unknown else ()
        return Said((verdict.claim,), (verdict.printed,), value, verdict.agreement, verdict.erratum)
    when = f" after {claim.after} update{'s' if claim.after != 1 else ''}" if claim.after else ""
    figure = constant(claim.formula) is not None
    printed: Sentence = (claim.printed,) if figure else (Math(claim.formula),)
    value = (Math(verdict.derived),) if verdict.derived is not None else (verdict.value,)
    return Said((Math(claim.subject), when), printed, value, verdict.agreement, verdict.erratum)


def lecture(verdicts: Sequence[Said], focused: bool) -> list[Block]:
    """How the lecture's figures agree."""
    if not verdicts:
        return []
    blocks: list[Block] = []
    if focused:
        for said in verdicts:
            words = f": {wording.AGREES[said.agreement]}" + (f" ({said.erratum})" if said.erratum else "") + "."
            blocks.append(
                Paragraph(sentence("prints ", *said.printed, " for ", *said.subject, words), "Lecture")
            )
        return blocks
    counted: dict[str, int] = {}
    for said in verdicts:
        counted[said.agreement] = counted.get(said.agreement, 0) + 1
    names = {"exact": "exactly", "rounded": "rounded", "truncated": "cut off"}
    parts = [f"{counted[key]} {word}" for key, word in names.items() if key in counted]
    good = sum(counted.get(key, 0) for key in names)
    text = f"{good} of {len(verdicts)} printed figures and formulas agree ({', '.join(parts)})."
    blocks.append(Paragraph(sentence(text), "Lecture"))
    for said in verdicts:
        if said.agreement == "differs":
            note = f". {said.erratum[:1].upper()}{said.erratum[1:]}." if said.erratum else "."
            value: Sentence = ("; it is ", *said.value) if said.value else ()
            blocks.append(
                Paragraph(
                    sentence("for ", *said.subject, " the lecture prints ", *said.printed, *value, note), "Erratum"
                )
            )
    return blocks


def sentence(*parts: Inline) -> Sentence:
    """Words and formulas as a sentence."""
    return tuple(parts)
