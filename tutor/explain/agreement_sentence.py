"""How many of the figures and formulas of a source agree, in which ways, and which ones: one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tutor.explain.document import Inline, Math, Sentence
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.expression.plain import write_plain

MOST_LETTERS = 90
"""What agrees in some way is named where that takes no more letters."""
MOST_UNSEEN = 6
"""So many derivatives that a page does not work out are named."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a lecture prints for something, how it agrees, and what it should be; ``unseen`` is a derivative that the page has not.

    ``alike``: the digits of a rounded figure are those that cutting off gives, too; ``unlike``: it is a formula of a derivative that is
    right and has another form than on the page.  ``after``: what it is, and after how many updates, where nothing else is to be said of it.
    """

    subject: Sentence
    printed: Sentence
    value: Sentence
    agreement: str
    erratum: str | None
    formula: bool = False
    follows: bool = False
    unseen: bool = False
    alike: bool = False
    unlike: bool = False
    after: tuple[Sentence, int] | None = None


def say_total(verdicts: Sequence[Said], words: Wording) -> Sentence:
    """How many of the printed ones agree, and in which ways; what only follows from them is named, and not counted."""
    follows = [said for said in verdicts if said.follows and said.agreement != "differs"]
    printed = [said for said in verdicts if not said.follows]
    found: list[Inline] = _say_printed_ones(printed, words) if printed else []
    unseen = [said for said in printed if said.unseen]
    for some, phrase in ((unseen, words.pages.UNSEEN), (follows, words.pages.FOLLOWS)):
        once = list(dict.fromkeys(said.subject for said in some))
        if once and (len(once) <= MOST_UNSEEN or some is follows):
            told = split_places(phrase, {"subjects": _list_subjects(once, words)})
            found += [" ", *told] if found else told
    return tuple(found)


def _say_printed_ones(verdicts: Sequence[Said], words: Wording) -> list[Inline]:
    """How many agree, and in which ways, with what those are that do not agree exactly; of one way only, nothing is counted twice."""
    pages = words.pages
    count, kinds = len(verdicts), {said.formula for said in verdicts}
    pair = count == len(kinds) == 2
    printed = pages.grammar.choose(pages.PRINTED["both" if len(kinds) == 2 else "formulas" if True in kinds else "figures"], count)
    if count == 1:
        return [pages.ONE_PRINTED.format(printed=printed, verdict=words.rules.AGREES[verdicts[0].agreement])]
    ways = _sort_by_ways(verdicts, pages.AGREED)
    counted = {key: len(some) for key, some in ways.items()}
    good = sum(counted.values())
    if not good:
        phrase = pages.NEITHER_OF_PAIR if pair else pages.NEITHER_AGREES if count == 2 else pages.NONE_AGREE
    elif good == count and count in counted.values():
        exact = (pages.PAIR_EXACT, pages.BOTH_EXACT, pages.ALL_EXACT)
        other = (pages.PAIR_SO, pages.BOTH_SO, pages.ALL_SO)
        phrase = (exact if counted["exact"] else other)[0 if pair else 1 if count == 2 else 2]
    elif good == count:
        phrase = pages.PAIR_AGREE if pair else pages.BOTH_AGREE if count == 2 else pages.ALL_AGREE
    else:
        only_way = good in counted.values() and any(counted[key] for key in pages.AGREED_SO if key != "truncated")
        phrase = pages.grammar.choose(pages.SOME_EXACT if counted["exact"] == good else pages.SOME_SO if only_way else pages.AGREE, good)
    told = [way.format(count=counted[key]) for key, way in pages.AGREED.items() if counted[key]]
    only = next((way for key, way in pages.AGREED_SO.items() if counted[key]), "")
    names = [_name_subjects(ways[key], words) if key != "exact" else [] for key in pages.AGREED if counted[key]]
    joint = pages.BETWEEN if any(names) else pages.COMMA
    parts = [
        piece for way, some in zip(told, names, strict=True)
        for piece in (joint, way, *(split_places(pages.NAMED_SO, {"subjects": some}) if some else ()))
    ][1:]  # fmt: skip
    some = [piece for named in names if good < count for piece in split_places(pages.NAMED_SO, {"subjects": named}) if named]
    places = {"good": [str(good)], "count": [str(count)], "printed": [printed], "parts": parts, "way": [only, *some]}
    return split_places(phrase, places)


def _sort_by_ways(verdicts: Sequence[Said], ways: Iterable[str]) -> dict[str, list[Said]]:
    """The verdicts by how they agree; beside what is cut off, a rounded figure that cutting off gives as well has a way of its own."""
    cut = any(said.agreement == "truncated" for said in verdicts)
    found: dict[str, list[Said]] = {key: [] for key in ways}
    for said in verdicts:
        way = "alike" if cut and said.alike and said.agreement == "rounded" else said.agreement
        if way in found:
            found[way].append(said)
    return found


def _name_subjects(verdicts: Sequence[Said], words: Wording) -> list[Inline]:
    """What some verdicts are about, as a list; nothing where that is long."""
    once = list(dict.fromkeys(_say_times(said, verdicts, words) for said in verdicts))
    if sum(len(write_plain(part.expr) if isinstance(part, Math) else str(part)) for subject in once for part in subject) > MOST_LETTERS:
        return []
    return _list_subjects(once, words)


def _say_times(said: Said, verdicts: Sequence[Said], words: Wording) -> Sentence:
    """What a verdict is about; after several updates as one: w after 1, 2 and 3 updates."""
    base = said.after[0] if said.after is not None else None
    counts = dict.fromkeys(str(one.after[1]) for one in verdicts if one.after is not None and one.after[0] == base)
    if base is None or len(counts) < 2:
        return said.subject
    named = _list_subjects([(count,) for count in counts], words)
    return tuple(split_places(words.pages.AFTER_EACH, {"quantity": base, "counts": named}))


def _list_subjects(subjects: Sequence[Sentence], words: Wording) -> list[Inline]:
    """Subjects as they stand in a sentence: a, b and c."""
    named = words.pages.grammar.enumerate_parts(subjects, words.pages.COMMA, words.pages.AND)
    return [piece for part in named for piece in ((part,) if isinstance(part, str) else part)]
