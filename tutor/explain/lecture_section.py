"""What a source prints, a lecture or a paper, and how it agrees: a section of every worked solution."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from tutor.errors import TutorError
from tutor.exercise.claims import rate_name
from tutor.exercise.model import Claim
from tutor.exercise.over_layers import layers_of
from tutor.explain.agreement_sentence import Said, say_total
from tutor.explain.document import Block, Equation, Equations, Inline, Math, Paragraph, Sentence, Side, Table
from tutor.explain.layer_formulas import dress_expr, strip_shapes
from tutor.explain.page_writer import EQUALS
from tutor.explain.printed_forms import ShownForms
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.explain.written_maths import rename_step_size, set_maths
from tutor.expression.nodes import Call, Expr, Name, Number, Partial
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.expression.walk import find_partials, is_numeric, substitute
from tutor.graph.shapes import Shape
from tutor.notation.profile import Notation
from tutor.numbers.agreement import is_cut_off_alike, is_decimal, is_of_a_float
from tutor.numbers.printed import as_printed
from tutor.solving.check_claims import Verdict
from tutor.solving.worked import Worked
from tutor.solving.written_values import show_printed, show_value, show_values

PLAIN = Notation()
Write: TypeAlias = Callable[[Expr], Math]

WEIGHT = "w"
"""What the steps of optimisers call what is trained (`tutor.rules.optimisers`)."""
MOST_TOGETHER = 4
"""A row of so many entries stands on one line."""
WIDEST = 44
"""A matrix of what is printed has rows of at most so many letters."""
TABLED = 4
"""So many figures that are wrong stand in a table, and fewer where one is a matrix of more rows than a line of a sentence has room for."""
MOST_ROWS = 2
LONGEST_REASON = 90
"""A longer reason is a sentence of its own, and no cell."""
MOST_FORMS = 6
"""So many formulas stand beside the verdict that have another form above."""
_EXACT = re.compile(r"-?\d+(?:/\d+)?")
"""A value as text that is exact (`tutor.numbers.printed.as_exact_text`)."""
_NUMBER = re.compile(r"-?\d+(?:/\d+|\.\d*)?(?:e[-+]?\d+)?")
MOST_COLUMNS = 9
"""So many columns has the table of what is printed at other values, and so many digits of what is printed itself."""
MOST_SHOWN = 8
_WORD = re.compile(r"[A-Za-z]\w*")


def say_verdicts(
    worked: Worked, words: Wording, blocks: Sequence[Block], alone: Set[Partial] = frozenset(), worked_out: Set[Partial] = frozenset()
) -> list[Said]:
    """The verdicts that a page shows that has these ``blocks``; formulas over arrays are written as in layer form on every page.

    A derivative that the page has for one step ``alone`` is told from that along all paths, which may be ``worked_out`` there, too.
    What only follows is left out where the page has nothing that it could be looked up in.
    """
    exercise = worked.request.exercise
    over_arrays = any(verdict.source is not None and verdict.source.layers for verdict in worked.verdicts)
    shapes = layers_of(exercise, exercise.notation).shapes if over_arrays else {}
    loss, known = (exercise.graph.loss, exercise.graph.names) if exercise.graph is not None else ("", ())
    rate = rate_name(exercise.notation)
    own: dict[str, Expr] = {} if rate in known else {rate: Name(worked.notation.rate)}  # one step size, by the letter of this page

    def write_quotation(text: str) -> Sentence:
        """What stands there, but for the letter of the step size."""
        return set_maths(rename_step_size(text, exercise, worked.notation), worked.notation)

    shown = _list_shown(worked, blocks, alone, worked_out)
    seen = [(verdict, _is_seen(verdict, shown)) for verdict in worked.verdicts]
    said = [
        replace(say_verdict(verdict, words, shapes, write_quotation, own | _name_gradient(verdict, loss, known), alone), unseen=not there)
        for verdict, there in seen if there or verdict.source is None or not verdict.source.follows
    ]  # fmt: skip
    steps = {step.target: step.expr for derivation in worked.derivations[:1] for step in derivation.graph.steps}
    forms = ShownForms(blocks, steps)
    return [
        replace(one, erratum=rename_step_size(exercise.say(one.erratum, words.language), exercise, worked.notation)) if one.erratum else
        replace(one, unlike=_is_unlike(one, forms))
        for one in said
    ]  # fmt: skip


def _is_unlike(said: Said, forms: ShownForms) -> bool:
    """Whether a printed formula of a derivative is right and stands on the page in no order of its factors and terms."""
    left, right = (part[0] if len(part) == 1 else None for part in (said.subject, said.printed))
    if not said.formula or said.agreement != "exact" or not isinstance(left, Math) or not isinstance(right, Math):
        return False
    return type(left.expr) is Partial and not is_numeric(right.expr) and not forms.has(left.expr, right.expr)


def _list_shown(worked: Worked, blocks: Sequence[Block], alone: Set[Partial], worked_out: Set[Partial]) -> Set[Partial]:
    """The derivatives that a page has, with those at the nodes of its graph."""
    exercise = worked.request.exercise
    shown = _list_derivatives(blocks) - alone | worked_out
    if exercise.graph is None or not exercise.values or worked.request.form != "scalar":
        return shown
    return shown | {Partial(exercise.graph.loss, name) for name in exercise.graph.names}


def list_missing(worked: Worked, blocks: Sequence[Block], alone: Set[Partial]) -> list[Partial]:
    """The derivatives that a lecture prints and a page has not that has these ``blocks``."""
    shown = _list_shown(worked, blocks, alone, frozenset())
    unseen = [verdict.source for verdict in worked.verdicts if not _is_seen(verdict, shown)]
    found = (part for claim in unseen if claim is not None and not claim.follows and claim.subject for part in find_partials(claim.subject))
    return [part for part in dict.fromkeys(found) if part not in shown]


def _is_seen(verdict: Verdict, shown: Collection[Partial]) -> bool:
    """Whether a derivative that is right stands on the page: itself, an entry of it, or the array whose entry it is."""
    claim = verdict.source
    if claim is None or verdict.agreement == "differs" or claim.subject is None:
        return True
    return all(
        any(one.of == part.of and (f"{part.wrt}_".startswith(f"{one.wrt}_") or one.wrt.startswith(f"{part.wrt}_")) for one in shown)
        for part in find_partials(claim.subject)
    )


def _list_derivatives(blocks: Sequence[Block]) -> set[Partial]:
    """The derivatives that stand in equations and in tables."""
    found: list[Expr] = []
    for block in blocks:
        if isinstance(block, Equations):
            found += [expr for row in block.rows for expr in (row.left, *(side.expr for side in row.sides))]
        elif isinstance(block, Table):
            found += [part.expr for row in (block.header, *block.rows) for cell in row for part in cell if isinstance(part, Math)]
    return {partial for expr in found for partial in find_partials(expr)}


def _name_gradient(verdict: Verdict, loss: str, known: Collection[str]) -> dict[str, Expr]:
    """What the ``g`` of an optimiser's steps stands for, as the page writes it: ∂L/∂w, also where a state is updated."""
    claim = verdict.source
    return {} if claim is None or not claim.update or "g" in known else {"g": Partial(loss, WEIGHT)}


def say_verdict(
    verdict: Verdict, words: Wording, shapes: Mapping[str, Shape], quote: Callable[[str], Sentence],
    own: Mapping[str, Expr] = MappingProxyType({}), alone: Set[Partial] = frozenset(),
) -> Said:  # fmt: skip
    """A verdict for the document: formulas as maths, figures as printed; the step size has its ``own`` letter.

    ``quote`` writes what stands there word for word.

    Of a derivative that the page has for one step ``alone`` it is said that it is meant along all paths.
    """
    claim = verdict.source
    if claim is None or claim.unknown:
        return Said(_read_bare(verdict.claim), _read_bare(verdict.printed), (), verdict.agreement, verdict.erratum)
    write = partial(_write_maths, claim.layers, shapes, own)
    subject: Sentence = (verdict.claim,) if claim.subject is None else (write(claim.subject),)
    if claim.subject is not None and not alone.isdisjoint(find_partials(claim.subject)):
        subject = tuple(split_places(words.pages.OVER_PATHS, {"quantity": subject}))
    if claim.count:
        subject = (words.pages.COUNT_OF.format(what=words.pages.COUNTED[claim.count]),)
    if claim.update:
        subject = tuple(split_places(words.pages.UPDATE_OF, {"quantity": [Math(Name(claim.update))]}))
    updated = (subject, claim.after) if claim.after and not claim.over and not claim.at else None
    if claim.after:
        after = words.pages.grammar.choose(words.pages.AFTER, claim.after)
        subject = tuple(split_places(after, {"quantity": subject, "count": (str(claim.after),)}))
    if claim.over:
        subject = tuple(split_places(words.pages.OVER_SAMPLES[claim.over], {"quantity": subject}))
    if other := [(name, value) for name, value in claim.at.items() if isinstance(value, Fraction)]:
        values = [part for name, value in other for part in (", ", Math(Name(name)), EQUALS, Math(as_printed(value, 6)))][1:]
        subject = tuple(split_places(words.pages.AT_VALUES, {"quantity": subject, "values": values}))
    printed, value = _say_printed(claim, write), _say_value(verdict, write)
    if claim.quoted:
        printed = tuple(split_places(words.pages.QUOTED, {"quoted": quote(claim.quoted), "printed": printed}))
    if verdict.agreement == "differs" and (number := _find_number(verdict)) is not None:
        printed = tuple(split_places(words.pages.COMES_TO, {"printed": printed, "number": [Math(number)]}))
    formula = claim.is_formula or verdict.derived is not None
    way, alike = _find_way(verdict), _is_alike(verdict)
    return Said(subject, printed, value, way, verdict.erratum, formula, claim.follows, alike=alike, after=updated)


def _find_way(verdict: Verdict) -> str:
    """How a figure agrees; an exact one that a program has printed is not called rounded for the last digits of its float."""
    claim, exact = verdict.source, _EXACT.fullmatch(verdict.value)
    if verdict.agreement != "rounded" or exact is None or claim is None or not is_decimal(claim.decimal):
        return verdict.agreement
    return "float" if is_of_a_float(claim.decimal, Fraction(verdict.value)) else verdict.agreement


def _is_alike(verdict: Verdict) -> bool:
    """Whether every rounded figure of a verdict has the digits that cutting off gives, too."""
    if verdict.parts:
        return all(_is_alike(part) for part in verdict.parts if part.agreement == "rounded")
    claim = verdict.source
    if claim is None or not is_decimal(claim.decimal) or not _NUMBER.fullmatch(verdict.value):
        return False
    return is_cut_off_alike(claim.decimal, Fraction(verdict.value))


def _write_maths(layers: bool, shapes: Mapping[str, Shape], own: Mapping[str, Expr], expr: Expr) -> Math:
    """A formula; over arrays with its transposes and products as they are printed."""
    known = substitute(expr, own) if own else expr
    return Math(strip_shapes(dress_expr(known, shapes)) if layers else known)


def _say_printed(claim: Claim, write: Write) -> Sentence:
    """What is printed: figures as they are, formulas as maths; of an array its entries, of an equation its sides."""
    if claim.shape:
        return _nest([_say_printed(part, write) for part in claim.parts], claim.shape)
    if claim.parts:
        return _join(" = ", [_say_printed(part, write) for part in claim.parts])
    if claim.formula is None or is_decimal(claim.decimal):
        power = claim.formula is not None and "e" in claim.printed.lower()  # 5e-8 as the right value beside it, 5×10⁻⁸
        return (write(claim.formula),) if power and claim.formula is not None else (claim.printed.replace("-", "−"),)
    return (write(claim.formula),)


def _say_value(verdict: Verdict, write: Write) -> Sentence:
    """What it is: the formula that is derived, or the number, to one digit more than is printed."""
    claim = verdict.source
    assert claim is not None
    if claim.shape:
        sources = [part.source for part in verdict.parts if part.source is not None and part.derived is None and part.value]
        if len(sources) == len(verdict.parts):
            entries = show_values(sources, [part.value for part in verdict.parts])
            return _nest([(Math(entry),) for entry in entries], claim.shape)
        return _nest([_say_value(part, write) for part in verdict.parts], claim.shape)
    if claim.parts:
        return next((said for part in reversed(verdict.parts) if (said := _say_value(part, write))), ())
    if verdict.derived is not None:
        return (write(verdict.derived),)
    return (Math(show_value(claim, verdict.value)),) if verdict.value else ()


def _find_number(verdict: Verdict) -> Expr | None:
    """What a printed formula of numbers comes to, beside the number that it should be."""
    last = verdict.parts[-1] if verdict.parts and verdict.source is not None and not verdict.source.shape else verdict
    if last.source is None or last.source.shape or last.derived is not None or not last.value:
        return None
    return show_printed(last.source, show_value(last.source, last.value))


def _nest(entries: Sequence[Sentence], shape: Sequence[int]) -> Sentence:
    """The entries of an array: a matrix as one, unless it is wide; others in brackets, row by row."""
    if not shape:
        return entries[0]
    if len(shape) == 2 and (made := _make_matrix(entries, shape[1])) is not None:
        return (Math(made),)
    size = len(entries) // shape[0]
    rows = [_nest(entries[at : at + size], shape[1:]) for at in range(0, len(entries), size)]
    together = len(shape) == 1 and len(rows) <= MOST_TOGETHER
    return ("[", *_join(",\N{NO-BREAK SPACE}" if together else ", ", rows), "]")


def _make_matrix(entries: Sequence[Sentence], columns: int) -> Expr | None:
    """Numbers as a matrix, with the digits that they have; nothing where there are formulas or too wide a row."""
    numbers: list[Expr] = []
    for entry in entries:
        part = entry[0] if len(entry) == 1 else None
        text = part.replace("−", "-") if isinstance(part, str) else ""
        if isinstance(part, Math) and is_numeric(part.expr):
            numbers.append(part.expr)
        elif is_decimal(text):
            numbers.append(Number(text))
        else:
            return None
    widths = [len(write_plain(number)) for number in numbers]
    wide = sum(max(widths[place::columns]) + 2 for place in range(columns))
    return Call("matrix", (Number(str(columns)), *numbers)) if wide <= WIDEST else None


def _join(sign: str, parts: Sequence[Sentence]) -> Sentence:
    """Sentences with a sign between them."""
    return tuple(piece for part in parts for piece in (sign, *part))[1:]


def list_elsewhere(worked: Worked, words: Wording) -> list[Block]:
    """What is printed at other values than those of the page, as a table: a row for each such point, a column for each quantity.

    What a point does not name stays as it is given.
    """
    points: dict[tuple[tuple[str, Fraction], ...], dict[Expr, Expr]] = {}
    for verdict in worked.verdicts:
        claim = verdict.source
        if claim is None or claim.subject is None or claim.after or claim.over or claim.shape or verdict.derived is not None:
            continue
        moved = tuple((name, value) for name, value in claim.at.items() if isinstance(value, Fraction))
        text = verdict.parts[-1].value if verdict.parts else verdict.value
        if moved and len(moved) == len(claim.at) and _NUMBER.fullmatch(text):
            digits = max(worked.notation.digits, min(MOST_SHOWN, len(claim.decimal.strip("-0.").replace(".", ""))))
            points.setdefault(moved, {})[claim.subject] = as_printed(Fraction(text), digits)
    graph, given = worked.request.exercise.graph, worked.request.exercise.values
    made = {name: place for place, name in enumerate(graph.names)} if graph is not None else {}
    names = sorted({name for moved in points for name, _ in moved}, key=lambda name: (made.get(name, len(made)), name))
    subjects = list(dict.fromkeys(subject for found in points.values() for subject in found))
    subjects.sort(key=lambda subject: made.get(subject.name, 0) if type(subject) is Name else len(made))
    if not points or len(names) + len(subjects) > MOST_COLUMNS or any(type(given.get(name, "")) is str for name in names):
        return []
    rows: list[tuple[Sentence, ...]] = []
    for moved, found in points.items():
        there = {**given, **dict(moved)}
        inputs: list[Sentence] = [(Math(as_printed(there[name], worked.notation.digits)),) for name in names]
        rows.append((*inputs, *((Math(found[subject]),) if subject in found else () for subject in subjects)))
    header = tuple((Math(part),) for part in (*map(Name, names), *subjects))
    return [Table(header, tuple(rows), "r" * len(header), (words.pages.ELSEWHERE,))]


def lecture(
    verdicts: Sequence[Said], words: Wording, focused: bool, notation: Notation | None = None, kind: str = "source", held: Sentence = ()
) -> list[Block]:
    """How the figures of a source of this ``kind`` agree; ``notation`` has the symbols of what stands in dollars.

    ``held``: the number, T = 3, that what is printed was compared for, where the page is for every T.
    """
    if not verdicts:
        return []
    pages, agrees = words.pages, words.rules.AGREES
    label = pages.LABELS[kind]
    blocks: list[Block] = []
    known = notation or PLAIN
    if focused:
        for said in verdicts:
            places: dict[str, Sentence] = {
                "printed": said.printed, "subject": said.subject, "verdict": (agrees[said.agreement],),
                "erratum": set_maths(said.erratum or "", known),
            }  # fmt: skip
            blocks.append(Paragraph(tuple(split_places(pages.PRINTS_ERRATUM if said.erratum else pages.PRINTS, places)), label))
        return blocks
    blocks += _say_agreement(verdicts, words, label, held)
    return [*blocks, *_list_errata([said for said in verdicts if said.agreement == "differs"], words, known, kind)]


def _say_agreement(verdicts: Sequence[Said], words: Wording, label: str, held: Sentence) -> Iterator[Block]:
    """How many agree; and the formulas that are right and stand nowhere above, since what is only said to be right cannot be looked up."""
    told = say_total(verdicts, words)
    rows = [Equation(left.expr, (Side(right.expr),)) for left, right in dict.fromkeys(
        (one.subject[0], one.printed[0]) for one in verdicts if one.unlike and not one.unseen and not one.follows
    ) if isinstance(left, Math) and isinstance(right, Math)]  # fmt: skip
    if not 0 < len(rows) <= MOST_FORMS:
        yield Paragraph(told, label)
        return
    phrase = words.pages.grammar.choose(words.pages.OTHER_FORMS_AT if held else words.pages.OTHER_FORMS, len(rows))
    yield Paragraph((*told, " ", *split_places(phrase, {"held": held})), label)
    yield Equations(tuple(rows))


def _list_errata(wrong: Sequence[Said], words: Wording, notation: Notation, kind: str) -> Iterator[Block]:
    """A paragraph for each figure that is wrong; one for several with the same reason, which is said once; a table for many."""
    pages = words.pages
    reasons: dict[object, list[Said]] = {}
    for place, said in enumerate(wrong):
        reasons.setdefault(said.erratum or place, []).append(said)
    many = len(wrong) >= TABLED or (len(wrong) > 1 and any(_is_high(said.printed) for said in wrong))
    if many and all(said.value and len(said.erratum or "") <= LONGEST_REASON for said in wrong):
        yield from _write_errata_table(list(reasons.values()), words, notation)
        return
    for some in reasons.values():
        erratum = some[0].erratum
        parts: list[Inline] = []
        for said in some:
            phrase = pages.ERRATUM if said.value else pages.ERRATUM_BARE
            places: dict[str, Sentence] = {"subject": said.subject, "printed": said.printed, "value": said.value}
            places["source"] = (pages.THE_SOURCE[kind],)
            parts += [" ", *split_places(pages.grammar.capital(phrase), places)] if parts else split_places(phrase, places)
        several = len(some) > 1
        note = pages.EACH_TIME.format(reason=erratum) if erratum and several else erratum
        parts += set_maths(f" {pages.grammar.sentence(note)}", notation) if note else ()
        yield Paragraph(tuple(parts), pages.LABELS["errata" if several else "erratum"])


def _is_high(printed: Sentence) -> bool:
    """Whether a matrix among what is printed has many rows."""
    matrices = [part.expr for part in printed if isinstance(part, Math) and type(part.expr) is Call and part.expr.func == "matrix"]
    return any(len(matrix.args) - 1 > MOST_ROWS * int(write_plain(matrix.args[0])) for matrix in matrices)


def _write_errata_table(groups: Sequence[Sequence[Said]], words: Wording, notation: Notation) -> Iterator[Block]:
    """The figures that are wrong as a table, those with the same reason together; a reason that all have stands in front of it."""
    pages = words.pages
    common = groups[0][0].erratum if len(groups) == 1 else None
    noted = common is None and any(some[0].erratum for some in groups)
    reason = pages.EACH_TIME.format(reason=common) if common else ""
    yield Paragraph(set_maths(pages.grammar.sentence(reason), notation) if reason else (pages.ERRATA_TABLE,), pages.LABELS["errata"])
    rows: list[tuple[Sentence, ...]] = []
    for some in groups:
        for said in some:
            repeated = said is not some[0]
            why: Sentence = (pages.DITTO,) if repeated and said.erratum else set_maths(said.erratum or "", notation)
            rows.append((said.subject, said.printed, said.value, *([why] if noted else ())))
    heads = pages.ERRATA_HEADS[: 4 if noted else 3]
    yield Table(tuple((head,) for head in heads), tuple(rows), "l" * len(heads))


def _read_bare(text: str) -> Sentence:
    """What names something that this exercise has not, as maths where it is a formula of quantities and derivatives, else as text."""
    names = [word if word == "d" else word.removeprefix("d") for word in _WORD.findall(text)]
    try:
        return (Math(parse(text, names=names)),)
    except TutorError:
        return (text,)
