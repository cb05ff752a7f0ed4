"""What a lecture prints, and how it agrees: a section of every worked solution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.explain.document import Block, Math, Paragraph, Sentence
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.explain.written_maths import set_maths
from tutor.notation.profile import Notation
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


def say_verdict(verdict: Verdict, words: Wording) -> Said:
    """A verdict for the document: formulas as maths, figures as printed."""
    claim = verdict.source
    if claim is None or claim.subject is None or claim.formula is None:
        value: Sentence = (verdict.value,) if verdict.value and claim is not None and not claim.unknown else ()
        return Said((verdict.claim,), (verdict.printed,), value, verdict.agreement, verdict.erratum)
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
    parts = [phrase.format(count=counted[key]) for key, phrase in pages.AGREED.items() if key in counted]
    good = sum(counted.get(key, 0) for key in pages.AGREED)
    text = pages.AGREE.format(good=good, count=len(verdicts), parts=pages.COMMA.join(parts))
    blocks.append(Paragraph((text,), label))
    for said in verdicts:
        if said.agreement == "differs":
            places = {"subject": said.subject, "printed": said.printed, "value": said.value}
            found = split_places(pages.ERRATUM if said.value else pages.ERRATUM_BARE, places)
            note = set_maths(f" {pages.grammar.sentence(said.erratum)}", known) if said.erratum else ()
            blocks.append(Paragraph((*found, *note), pages.LABELS["erratum"]))
    return blocks
