"""The page about anything that was worked out: which sections it has, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.derive.update import naming
from tutor.derive.update import update as derive_update
from tutor.explain.asked_section import write_asked
from tutor.explain.document import Block, Document, Equation, Equations, Figure, Math, Paragraph, Sentence, Side
from tutor.explain.lecture_section import lecture, list_elsewhere, list_missing, say_verdicts
from tutor.explain.page_writer import BY, PageWriter, drop_numbers
from tutor.explain.picture_section import draw_computation
from tutor.explain.samples_section import point_to_command, sample_table
from tutor.explain.simplified_section import write_simplified
from tutor.explain.solution_page import NumberSections
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.explain.written_maths import set_maths, set_title
from tutor.expression.keys import read_after
from tutor.expression.nodes import Call, Expr, Name, children
from tutor.expression.walk import substitute
from tutor.numbers.arithmetic import CONTEXT
from tutor.numbers.run import LEVELS
from tutor.numbers.verify import merge_proofs
from tutor.rules.optimisers import DESCENT, optimiser
from tutor.solving.proofs import Proofs
from tutor.solving.worked import Worked

if TYPE_CHECKING:
    from tutor.exercise.model import Exercise
    from tutor.explain.layer_page import ArraySections

MAX_STEPS = 24
"""The formulas of so many steps stand on a page about training."""


def document(worked: Worked, words: Wording = ENGLISH) -> Document:
    """The page as a document: what is given, forward and backward pass or the method, updates, the lecture's figures, the proof.

    ``words`` are the language that it is written in.
    """
    proofs = proof_sentences(_leave_symbols_open(worked.proofs), words)
    with CONTEXT.workdps(LEVELS[-1]):  # what is put together here has to keep the digits that the values have
        if worked.request.subject == "training":
            return training_page(worked, words, proofs)
        if worked.request.layered is not None:
            return array_page(worked, words, proofs)
        return number_page(worked, words, proofs)


def number_page(worked: Worked, words: Wording, proofs: Sequence[str]) -> Document:
    """A solution neuron by neuron."""
    page = NumberSections(worked, words)
    if worked.recursion is not None:
        return recursion_page(worked, words, proofs, page)
    page.add_given()
    page.blocks += write_asked(worked, words)
    if worked.derivations:
        places = [len(page.blocks)]
        page.add_forward()
        places.append(len(page.blocks))
        for derivation, (_, names) in zip(worked.derivations, worked.request.wanted, strict=True):
            page.add_backward(derivation, names)
        page.explain_functions()
        page.explain_indicator()
        page.add_printed(list_missing(worked, page.blocks, page.alone - page.worked_out))
        drawn = draw_computation(page)
        page.blocks.append(drawn)
        behind = len(page.blocks)
        page.blocks += write_simplified(worked.rewrites, words, worked.scalars, page.print, page.fill_in, page.name_step_above)
        update(page)
        explain_primes(page)
        places.append(len(page.blocks))
        page.blocks += write_course(worked, words)
        places.append(len(page.blocks))
        if isinstance(drawn, Figure):  # between sections, never within a derivation
            page.blocks[behind - 1] = replace(drawn, places=tuple(place for place in dict.fromkeys(places) if place != behind))
    page.counts()
    said = say_verdicts(worked, words, page.blocks, page.alone, page.worked_out)
    page.blocks += list_elsewhere(worked, words)
    printed = lecture(said, words, worked.request.focused, worked.notation, page.exercise.source_kind)
    page.blocks += [*printed, *explain_printed_slopes(page, printed)]
    page.notes(worked.notes)
    page.say_shared()
    page.conventions()
    write_closing(page, proofs)
    return finish_page(page)


def write_course(worked: Worked, words: Wording) -> list[Block]:
    """The exercise's samples, and the updates that it is about: the method, the first update with its numbers, the table of a few."""
    course = worked.course
    digits, ident = worked.notation.digits, worked.request.exercise.id
    blocks = [] if worked.samples is None else sample_table(worked.samples, words, digits, between=updates_between(worked))
    if course is None:
        return blocks if worked.samples is None else [*blocks, point_to_command(words.updates.WORKED, ident)]
    from tutor.explain.training_page import TrainingSections

    sections = TrainingSections(course, words)
    sections.blocks += [*blocks, *([Paragraph((words.updates.WORKED_BELOW,))] if blocks else [])]
    sections.method()
    sections.add_first_update()
    sections.add_few_iterations()
    sections.ending()
    sections.add_compared()
    return sections.blocks


def updates_between(worked: Worked) -> bool:
    """Whether there are updates between the samples of a data set, on this page or, as in a sheet, on the next one."""
    if worked.course is not None and worked.course.training is not None:
        return worked.course.training.task.size < worked.course.training.task.count
    exercise = worked.request.exercise
    size = exercise.plan.batch or optimiser(exercise.plan.optimiser).batch or 0
    return exercise.samples is not None and 0 < size < len(exercise.samples)


def array_page(worked: Worked, words: Wording, proofs: Sequence[str]) -> Document:
    """A solution in layer form."""
    from tutor.explain.layer_page import ArraySections  # what a page does not need is not loaded for it
    from tutor.explain.printed_besides import add_printed

    assert worked.request.layered is not None
    page = ArraySections(worked, words, worked.request.layered)
    if worked.recursion is not None:
        return recursion_page(worked, words, proofs, page)
    page.add_given()
    page.blocks += write_asked(worked, words)
    page.add_forward()
    page.add_backward()
    worked_out = add_printed(page, list_missing(worked, page.blocks, frozenset()))
    page.add_simplified()
    update(page)
    explain_primes(page)
    page.blocks += write_course(worked, words)
    page.blocks += list_elsewhere(worked, words)
    said = say_verdicts(worked, words, page.blocks, worked_out=worked_out)
    page.blocks += lecture(said, words, worked.request.focused, worked.notation, page.exercise.source_kind)
    page.notes(worked.notes)
    page.say_shared()
    page.say_counting()
    page.conventions()
    write_closing(page, proofs)
    return finish_page(page)


def recursion_page(worked: Worked, words: Wording, proofs: Sequence[str], usual: NumberSections | ArraySections) -> Document:
    """A solution as a recursion; ``usual`` has the sections that do not differ."""
    from tutor.explain.recursion_section import RecursionSections

    page = RecursionSections(worked, words)
    if worked.numbers is not None:
        usual.add_given()
        page.blocks += usual.blocks
    else:
        page.add_given_open()
    page.blocks += write_asked(worked, words)
    page.add_forward()
    page.add_backward()
    update(page)
    said = say_verdicts(worked, words, [*page.blocks, page.write_out_rows()])
    held = page.say_last_time()
    page.blocks += lecture(said, words, worked.request.focused, worked.notation, page.exercise.source_kind, held)
    page.notes(worked.notes)
    page.say_shared()
    usual.blocks = []
    usual.conventions()
    page.blocks += usual.blocks
    assert worked.recursion is not None
    told = worked.recursion
    told = told if isinstance(told.end, int) else replace(told, end=f"{{{told.end}}}")  # a place for its symbol
    write_closing(page, (words.proofs.say_proof(told), *proofs))
    return finish_page(page)


def training_page(worked: Worked, words: Wording, proofs: Sequence[str]) -> Document:
    """A run of training, in either form."""
    from tutor.explain.training_page import TrainingSections

    page = TrainingSections(worked, words)
    page.add_given()
    page.blocks += write_computation(worked, words)
    page.samples()
    page.method()
    page.add_first_update()
    page.iterations()
    page.ending()
    page.add_compared()
    page.notes(worked.notes)
    row = page.task.row
    page.blocks.append(page.write_labelled("convention", words.updates.STANDING[row.name]))
    page.proofs(proofs)
    page.arithmetic()
    facts: tuple[Sentence, ...] = (say_step_size(page, page.rate_name),)
    if page.title(row) != page.exercise.say(page.exercise.title, words.language):
        facts = ((page.title(row),), *facts)
    return finish_page(page, facts)


def write_computation(worked: Worked, words: Wording) -> list[Block]:
    """What is trained, as formulas: they say what the loss and its letters are.  A computation of very many steps is left out."""
    layered = worked.request.layered
    if len(worked.derivations[0].graph.steps) > MAX_STEPS:
        return []
    if layered is None:
        page: NumberSections | ArraySections = NumberSections(worked, words)
    else:
        from tutor.explain.layer_page import ArraySections

        page = ArraySections(worked, words, layered)
    page.add_forward()
    return drop_numbers(page.blocks)


def update(page: PageWriter) -> None:
    """The section on the update of a worked solution: with its numbers where it is made, else as a formula."""
    worked, request = page.worked, page.request
    if not request.trained:
        page.blocks += point_to_training(page.exercise, page.words) if worked.course is None else []
        return
    if worked.training is not None:
        from tutor.explain.training_page import TrainingSections

        sections = TrainingSections(worked, page.words)
        sections.update()
        sections.descent_table()
        page.blocks += sections.blocks
        return
    if request.rate is None and worked.numbers is None and not request.rate_written:
        return
    sign = "←" if worked.notation.update == "arrow" else "="
    names = naming(optimiser(DESCENT), request.graph.names, page.rate_name)
    rows: list[Equation] = []
    for name in request.trained:
        for step in derive_update(optimiser(DESCENT), name, request.graph.loss, names).steps:
            sides = [Side(step.expr, sign)]
            if worked.numbers is not None:
                size: dict[str, Expr] = {names.rate: page.rate()} if request.rate is not None else {}
                sides.append(Side(substitute(page.fill_in(step.expr), size)))
            why: Sentence = () if rows else (page.words.updates.move(step.rule),)
            if not rows and request.rate is None:
                why = tuple(split_places(page.words.updates.SIZED_STEP, {"rate": [Math(Name(page.rate_name))]}))
            rows.append(Equation(Name(step.target), tuple(sides), None, why))
    page.blocks += [page.heading("update"), Equations(tuple(rows))]


def explain_primes(page: PageWriter) -> None:
    """What a prime is, where it is an updated weight in one row, W′, and the slope of a function in another, ReLU′."""
    if page.worked.notation.update != "prime" or not page.request.trained:
        return
    rows = [row for block in page.blocks if isinstance(block, Equations) for row in block.rows]
    slopes = (slope for row in rows for side in row.sides for slope in list_slopes(side.expr))
    updated = [row.left for row in rows if type(row.left) is Name and read_after(row.left.name).updates]
    slope = next(slopes, None)
    if slope is None or not updated:
        return
    places = {"updated": [Math(updated[0])], "old": [Math(Name(read_after(updated[0].name).key))], "slope": [Math(slope)]}
    page.blocks.append(page.write_labelled("where", *split_places(page.words.pages.PRIMES, places)))


def explain_printed_slopes(page: NumberSections, printed: Sequence[Block]) -> list[Paragraph]:
    """What σ′ is, where a lecture prints it and the page neuron by neuron writes its formula."""
    from tutor.explain.symbols_section import Symbols

    exprs = [side.expr for block in printed if isinstance(block, Equations) for row in block.rows for side in row.sides]
    slopes = [slope for expr in exprs for slope in list_slopes(expr) if slope.func not in page.sloped]
    if not slopes:
        return []
    names = page.worked.derivations[0].graph.names
    return Symbols(page.words.arrays, dict.fromkeys(names, ()), page.words.pages.LABELS["where"]).explain_symbols(slopes)


def list_slopes(expr: Expr) -> Iterator[Call]:
    """The functions in a formula that are written with a prime."""
    if type(expr) is Call and expr.func.endswith("'"):
        yield expr
    for part in children(expr):
        yield from list_slopes(part)


def point_to_training(exercise: Exercise, words: Wording) -> list[Block]:
    """Where the updates of an exercise stand that is trained by another method than gradient descent: on the page of its training."""
    if exercise.plan.optimiser == DESCENT or exercise.samples is not None or not exercise.steps:
        return []
    method = words.updates.METHODS[exercise.plan.optimiser]
    return [point_to_command(words.updates.ELSEWHERE, exercise.id, method)]


def write_closing(page: PageWriter, proofs: Sequence[str]) -> None:
    """The proofs, and how numbers are printed."""
    page.proofs(proofs)
    if page.worked.numbers is not None:
        page.blocks.append(page.write_labelled("numbers", page.words.rules.POLICY.format(digits=page.digits)))


def _leave_symbols_open(proofs: Proofs) -> Proofs:
    """The proofs with places where a step on a kink and the letters of sizes stand, for their symbols (`PageWriter.proofs`)."""
    gradients = [replace(p, unproved=replace(p.unproved, step="{step}")) if p.unproved is not None else p for p in proofs.gradients]
    forms = proofs.forms
    if forms is not None:
        sizes = {f"{{{letter}}}": size for letter, size in (forms.sizes or {}).items()}
        besides = {f"{{{BY}{name}}}": count for name, count in forms.besides.items()}
        forms = replace(forms, sizes=sizes, besides=besides)
    return replace(proofs, gradients=tuple(gradients), forms=forms)


def proof_sentences(proofs: Proofs, words: Wording = ENGLISH) -> list[str]:
    """What was proved, in sentences."""
    say_proof = words.proofs.say_proof
    told = [say_proof(part) for part in (proofs.forms, proofs.rewritten) if part is not None]
    if proofs.gradients:
        told.append(say_proof(merge_proofs(proofs.gradients)))
    told.append(say_proof(proofs.simplified) if proofs.simplified is not None else "")
    if proofs.second:
        told.append(words.updates.HESSIAN_PROOF)
    return [text for text in told if text]


def say_step_size(page: PageWriter, letter: str) -> Sentence:
    """The step size in words, with the letter that it has on the page, and its value."""
    named = split_places(page.words.updates.STEP_SIZE, {"rate": [Math(Name(letter))]})
    return (*named, " = ", Math(page.rate()))


def finish_page(page: PageWriter, facts: tuple[Sentence, ...] | None = None) -> Document:
    """The document of a page, with its title and the facts beside it."""
    request, exercise = page.request, page.exercise
    if facts is None:
        shows = request.rate_written and request.trained and (request.layered is None or page.worked.training is not None)
        shows = shows or page.worked.course is not None
        facts = (say_step_size(page, page.worked.notation.rate),) if shows and request.rate is not None else ()
    ident = exercise.id if exercise.id != exercise.title else ""
    title, headline = set_title(exercise.say(exercise.title, page.words.language), page.worked.notation)
    source = set_maths(exercise.source, page.worked.notation) if exercise.source else ()
    return Document(title, ident, facts, source, tuple(page.blocks), page.words.language, headline=headline)
