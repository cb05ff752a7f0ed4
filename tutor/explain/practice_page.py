"""A session in words: what is asked, what is said to an event, and what was done at the end.

Nothing that the learner has not earned is in any of these but in the hint that says it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from tutor.exercise.model import Exercise
from tutor.exercise.question import Question
from tutor.explain.asked_quantity import name_asked
from tutor.explain.document import (
    Block,
    Document,
    Equation,
    Equations,
    Inline,
    Math,
    Paragraph,
    Sentence,
    Side,
    Table,
)
from tutor.explain.feedback_page import cut, quantity, value, verbatim
from tutor.explain.layer_formulas import matrix, sort_leaves, split_wide
from tutor.explain.own_definitions import list_definitions
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.explain.written_maths import set_maths
from tutor.expression.keys import read_after, read_derivative
from tutor.expression.nodes import Expr, Name, Number
from tutor.expression.walk import as_name
from tutor.graph.entries import Array
from tutor.graph.layered import Layered
from tutor.marking.mark_submission import Marker
from tutor.marking.marked import MarkedAnswer
from tutor.marking.question_list import updates_in
from tutor.notation.profile import Notation
from tutor.numbers.printed import decimal, is_in_short_fractions
from tutor.practice.fading import list_introduced
from tutor.practice.ladder import DIGITS, Rung, list_rungs, write_answer, write_number
from tutor.practice.session import Lesson, Reply, Session
from tutor.practice.tasks import ONE_OF, AskedStep

EQUALS = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"
MOST_GIVEN = 40
"""More values or steps are not listed at the start; the exercise's page has them.  Of an array more entries are not all set."""
MOST_BESIDE = 60
"""Letters in a row of a matrix: beside a question there is less room than on a page of its own."""
AS_WRITTEN = 12
"""Given numbers have no more digits than this."""
MOST_NAMED = 8
"""More steps that an answer settles are counted, not named."""


def write_question(session: Session, words: Wording = ENGLISH, notation: Notation | None = None) -> Document:
    """What is asked now: its place, the question, what can be chosen, and how an answer is typed."""
    task = session.task
    if task is None:
        return Document("", language=words.language)
    say, question = words.practice, task.question
    blocks: list[Block] = [Paragraph(ask_task(session.lesson, task, words, notation or Notation()), say_place(session, task, words))]
    writer = _ReplyWriter(session, Reply("hint", task.id), words)
    blocks = [*(block for rung in list_introduced(session) for block in writer.write_rung(rung)), *blocks]
    blocks += [Paragraph(said, say.TILE.format(letter=letter)) for letter, said in list_options(session.lesson, task, words)]
    is_typed_out = question.kind == "choice" or (question.shape and question.kind != "expression")
    form = "one" if task.kind in ONE_OF else question.kind if is_typed_out else ""
    if form in say.FORMS:
        blocks.append(Paragraph((say.FORMS[form],)))
    return Document("", blocks=tuple(blocks), language=words.language)


def say_place(session: Session, task: AskedStep, words: Wording) -> str:
    """Which step of how many a task is."""
    number = next(place for place, other in enumerate(session.lesson.tasks, 1) if other.id == task.id)
    return words.practice.STEP.format(number=number, count=len(session.lesson.tasks))


def _say_question(lesson: Lesson, task: AskedStep, words: Wording) -> Question:
    """The question of a task in a language, where its exercise has it."""
    return lesson.exercise.say_questions(words.language, [task.question])[0]


def list_options(lesson: Lesson, task: AskedStep, words: Wording) -> list[tuple[str, Sentence]]:
    """What can be chosen, by its letters: formulas, rules, lines of working, or texts."""
    said: list[Sentence]
    if task.tiles:
        said = [(Math(tile),) for tile in task.tiles]
    elif task.rules:
        said = [(say_rule(sort, rule, words),) for sort, rule in task.rules]
    elif task.lines:
        said = [(Math(left), EQUALS, Math(right)) for left, right in task.lines]
    else:
        said = [(text,) for _, text in _say_question(lesson, task, words).options]
    return [(letter, sentence) for (letter, _), sentence in zip(task.question.options, said, strict=True)]


def ask_task(lesson: Lesson, task: AskedStep, words: Wording, notation: Notation) -> Sentence:
    """The question of a task."""
    question, say = _say_question(lesson, task, words), words.practice
    if task.kind in ("ways", "factors", "why", "wrong-line"):
        wrt = read_derivative(task.target)
        about = wrt.wrt if wrt is not None and task.kind == "ways" else task.target
        asked: Sequence[Inline] = [quantity(about, words.marking)]
        loss = [quantity(wrt.of, words.marking)] if wrt is not None else []
        return tuple(split_places(say.ASKS[task.kind], {"asked": asked, "loss": loss}))
    if question.kind == "choice":
        return set_maths(question.text or words.sheets.ASKS["choice"], notation)
    phrase = say.ASKS[question.kind] if question.kind in say.ASKS and not question.shape else words.sheets.ASKS[question.kind]
    sizes = "×".join(map(str, question.shape))
    places: dict[str, Sequence[Inline]] = {"asked": name_asked(question, words), "count": [str(len(question.targets))], "sizes": [sizes]}
    return (*split_places(phrase, places), *([" ", *set_maths(question.text, notation)] if question.text else []))


def write_reply(session: Session, reply: Reply, words: Wording = ENGLISH) -> Document:
    """What is said to an event; ``session`` is the one after it."""
    blocks: list[Block] = []
    for one in (*reply.before, reply):
        said = _ReplyWriter(session, one, words).write()
        task = session.lesson.by_id.get(one.task)
        if reply.before and task is not None and said and isinstance(said[0], Paragraph):
            said[0] = replace(said[0], parts=(*name_step(task, words), ": ", *said[0].parts))
        blocks += said
    return Document("", blocks=tuple(blocks), language=words.language)


def write_hints(session: Session, words: Wording = ENGLISH) -> Document:
    """The hints that were seen of the step that is asked, the first one first."""
    task = session.task
    if task is None or not session.lesson.settings.row.tells:
        return Document("", language=words.language)
    seen = list_rungs(session.lesson.marker, task, session.list_shown())[: session.look_up(task.id).rungs]
    writer = _ReplyWriter(session, Reply("hint", task.id), words)
    return Document("", blocks=tuple(block for rung in seen for block in writer.write_rung(rung)), language=words.language)


class _ReplyWriter:
    """Writes what is said to one event."""

    def __init__(self, session: Session, reply: Reply, words: Wording) -> None:
        self.session, self.reply, self.words, self.say = session, reply, words, words.practice
        self.task = session.lesson.by_id.get(reply.task)

    def write(self) -> list[Block]:
        reply = self.reply
        if reply.rung is not None:
            return self.write_rung(reply.rung)
        if reply.kind == "keep" and not reply.note:
            return [Paragraph((self.say.KEPT,))]
        blocks: list[Block] = []
        if reply.elsewhere:
            blocks.append(self.say_elsewhere(reply.elsewhere))
        elif reply.note:
            blocks.append(Paragraph((self.say.NOTES[reply.note].format(count=round(reply.wait)),)))
        if reply.marked is not None and reply.note not in ("done", "formula"):
            blocks += self.write_verdict(reply.marked)
        if reply.placed is not None:
            blocks += [Paragraph((self.say.PLACED,)), *self.write_equation(reply.placed)]
        return blocks

    def say_elsewhere(self, ident: str) -> Block:
        """For which step an answer would be right, and how it is given to that one."""
        other, typed = self.session.lesson.by_id[ident], self.session.events[-1].text.strip().lstrip("= ")
        answer = value(cut(f"{other.question.ask} = {typed}", self.words.marking, 60), self.words.marking)
        return Paragraph(tuple(split_places(self.say.NOTES["elsewhere"], {"asked": name_task(other, self.words), "answer": [answer]})))

    def write_verdict(self, marked: MarkedAnswer) -> list[Block]:
        """What became of an answer: a slip is asked for at first, and said when it is made again."""
        if self.reply.note == "unreadable":
            return [verbatim(str(self.words.reader.say(marked.message)), self.words.marking)] if marked.message else []
        if marked.verdict in ("correct", "follow-through"):
            said = self.say.RIGHT if marked.verdict == "correct" else self.say.FOLLOWS
            more = self.words.marking.OUTCOMES.get(marked.outcome, "")
            parts: list[Inline] = [" ".join(part for part in (said, more) if part)]
            if self.reply.implied:
                parts += [" ", *self.list_implied()]
            return [Paragraph(tuple(parts))]
        if marked.verdict == "close":
            return self.write_place(self.say.CLOSE, marked)
        if not marked.slips:
            typed_back = self.words.marking.OUTCOMES["typed-back"] if marked.outcome == "typed-back" else ""
            told = [self.say.NOT_YET, self.say.CHOSEN.get(self.reply.chosen, ""), typed_back]
            return self.write_place(" ".join(filter(None, told)), marked)
        tries = self.session.look_up(self.reply.task).attempts
        first = marked.slips[0][0]
        answer = [value(cut(marked.text.strip(), self.words.marking, 60), self.words.marking)]
        if tries < 2:
            look = self.words.marking.slip(first.tag).look
            return [Paragraph(tuple(split_places(self.say.LOOK_AGAIN, {"look": [look], "answer": answer})))]
        done = [self.words.marking.slip(slip.tag).done for slip in marked.slips[0]]
        slips = self.words.marking.list_words(done)
        return self.write_place(f"{self.say.NOT_YET} {self.words.marking.PROBABLY.format(slips=slips)}", marked)

    def write_place(self, told: str, marked: MarkedAnswer) -> list[Block]:
        """What is told of an answer, with where it went wrong: its shape, which entries, a line of working; never what is right."""
        words = self.words.marking
        message = str(self.words.reader.say(marked.message)).strip()
        is_short = message and "\n" not in message
        found: list[Block] = [Paragraph((f"{told} {words.grammar.sentence(message)}" if is_short else told,))]
        if message and not is_short:
            found.append(verbatim(message, words))
        if marked.line is not None:
            places: dict[str, Sequence[Inline]] = {
                "number": [str(marked.line.number)], "line": [value(cut(marked.line.text.strip(), words, 60), words)],
                "yours": [value(marked.line.yours, words)],
            }  # fmt: skip
            phrase = words.LINE[marked.line.against] + (words.LINE_YOURS if marked.line.computed else "")
            found.append(Paragraph(tuple(split_places(phrase, places))))
        return found

    def list_implied(self) -> list[Inline]:
        """The steps that an answer settled, those that ask for a quantity."""
        found = [self.session.lesson.by_id[ident] for ident in self.reply.implied]
        named = [name_target(task.target, self.words) for task in found if task.kind == "value"]
        if not named:
            return []
        if len(named) > MOST_NAMED:
            return [self.say.IMPLIED_MANY.format(count=len(named))]
        parts = self.words.marking.join_parts(named)
        return list(split_places(self.say.grammar.choose(self.say.IMPLIED, len(named)), {"steps": parts}))

    def write_rung(self, rung: Rung) -> list[Block]:
        """A hint."""
        phrase = self.say.RUNGS.get(rung.kind, "")
        if rung.kind == "think":
            return [Paragraph((self.say.THINK.get(rung.sort, self.say.THINK["number"]),))]
        if rung.kind == "half":
            return [Paragraph((phrase.format(letters=rung.text),))]
        if rung.kind in ("look", "smaller"):
            parts = self.words.marking.join_parts([Math(part) for part in rung.parts])
            return [Paragraph(tuple(split_places(phrase, {"parts": parts})))]
        if rung.kind == "rule":
            return [Paragraph((phrase.format(rule=name_rule(rung.sort, rung.rule, self.words)),))]
        if rung.kind == "result":
            return [Paragraph(tuple(split_places(phrase, {"answer": [self.say_result(rung)]})))]
        return [Paragraph((phrase,)), *self.write_equation(rung)]

    def say_result(self, rung: Rung) -> Inline:
        """The answer that is shown: of a formula as the steps have it."""
        if self.task is None:
            return rung.text
        return say_answer(self.session.lesson.marker, self.task.question, self.words)

    def write_equation(self, rung: Rung) -> list[Block]:
        left, right = rung.left, rung.right
        if left is None or right is None:
            return []
        return [Equations((Equation(left, (Side(right),)),))]


def name_rule(sort: str, rule: str, words: Wording) -> str:
    """What kind of rule a step needs, of single numbers or of whole arrays: never a formula."""
    named = words.marking.rule(sort, rule)
    return words.arrays.FORWARD.get(rule, named) if sort == "forward" and named == words.marking.ANY_RULE else named


def say_rule(sort: str, rule: str, words: Wording) -> str:
    """The rule of a step by its name."""
    if sort == "forward":
        return words.rules.say_forward(rule)
    if sort == "local":
        return words.rules.say_local(rule)
    if sort == "gradient" and rule in words.rules.GRADIENT:
        return words.rules.gradient("chain rule") if rule in ("sum over paths", "joined paths") else words.rules.gradient(rule)
    return words.updates.move(rule) if sort == "update" else words.rules.say_local(rule)


def name_step(task: AskedStep, words: Wording) -> Sentence:
    """What a step is about, with the kind of a choice."""
    named = name_task(task, words)
    kind = words.practice.CHOICES.get(task.kind, "")
    return (*named, f" ({kind})") if kind else named


def say_answer(marker: Marker, question: Question, words: Wording) -> Inline:
    """The right answer: a formula as the steps have it, all else as it is typed."""
    expr = marker.solution(question)[0] if question.kind in ("expression", "chain") else None
    return Math(expr) if expr is not None else value(write_answer(marker, question), words.marking)


def name_task(task: AskedStep, words: Wording) -> Sentence:
    """What a step is about: a quantity, a whole array, several of them, or in words what is counted."""
    key, question = task.target or task.question.array, task.question
    if key and not key.startswith("count "):
        return say_target(key, words)
    return tuple(name_asked(question, words)) if question.targets else (question.ask,)


def say_target(key: str, words: Wording) -> Sentence:
    """A quantity by its name in the working, that after an update in full."""
    after = read_after(key)
    if not after.updates:
        return (name_target(key, words),)
    phrase = words.sheets.grammar.choose(words.sheets.AFTER, after.updates)
    return tuple(split_places(phrase, {"quantity": [Math(as_name(after.key))], "count": [str(after.updates)]}))


def name_target(key: str, words: Wording) -> Inline:
    """A quantity by its name in the working, in few words."""
    after = read_after(key)
    return quantity(f"{after.key} after {after.updates}" if after.updates else key, words.marking)


def write_start(session: Session, words: Wording = ENGLISH) -> Document:
    """What is given, as on a problem sheet: the values and the computation, or the layers of a network that is only counted."""
    marker, say = session.lesson.marker, words.practice
    exercise = marker.exercise
    blocks: list[Block] = []
    steps = marker.sheet.working.graph.steps
    layers = marker.sheet.layers if session.lesson.settings.layer else exercise.layers
    if exercise.values and layers is not None and (session.lesson.settings.layer or len(exercise.values) > MOST_GIVEN):
        rows = [Equation(Name(leaf.name), (Side(find_given(exercise, layers, leaf.name)),)) for leaf in sort_leaves(layers.graph)]
        blocks += [Paragraph((), say.GIVEN), Equations(tuple(rows), beside=True)]
    elif exercise.values and len(exercise.values) <= MOST_GIVEN:
        parts: list[Inline] = []
        for name, number in exercise.values.items():
            parts += [*([words.pages.COMMA] if parts else []), Math(Name(name)), EQUALS, Math(Number(write_number(number)))]
        blocks.append(Paragraph(tuple(parts), say.GIVEN))
    if layers is not None:
        steps = layers.graph.steps
    if exercise.graph is None and exercise.network is not None:
        sizes = words.pages.SIZES.format(sizes="-".join(map(str, exercise.network.sizes)))
        blocks.append(Paragraph((sizes,)))
    elif len(steps) <= MOST_GIVEN:
        blocks.append(Equations(tuple(Equation(Name(step.target), (Side(step.expr),)) for step in steps)))
    defined = list_definitions((step.expr for step in steps), set(), primes=False)
    if defined:
        blocks.append(Paragraph(tuple(defined), words.pages.LABELS["where"]))
    return Document("", blocks=(*blocks, *_write_training(session, words)), language=words.language)


def _write_training(session: Session, words: Wording) -> list[Block]:
    """The data set and the method, as on a problem sheet, where steps are asked that need them."""
    exercise, questions = session.lesson.exercise, [task.question for task in session.lesson.tasks]
    if exercise.graph is None or not (exercise.samples is not None or updates_in(questions)):
        return []
    from tutor.explain.sheet_page import write_training  # these pages are many: only where they are needed
    from tutor.solving.request import Form, Options, resolve_solution
    from tutor.solving.work_out import hold_given

    form: Form = "layer" if session.lesson.settings.layer and exercise.layers is not None else "scalar"
    return write_training(hold_given(resolve_solution(exercise, Options(steps=0, form=form))), questions, words)


def find_given(exercise: Exercise, layers: Layered, name: str) -> Expr:
    """The numbers of an array that is given, as a matrix; a wide one in blocks of columns, a large one with dots in it."""
    entries = layers.entries[name]
    numbers = Array(entries.shape, tuple(exercise.values[item] for item in entries.items))
    ends = all(type(item) is Fraction and decimal(item) is not None for item in numbers.items)
    fractions = is_in_short_fractions(tuple(exercise.values.values()))  # of all arrays alike
    made = matrix(numbers, AS_WRITTEN if ends else DIGITS, whole=len(entries.items) <= MOST_GIVEN, fractions=fractions)
    return split_wide(made, MOST_BESIDE)


def write_known(session: Session, words: Wording = ENGLISH) -> Document:
    """The numbers that are on the table: those given, and those found so far."""
    heads: tuple[Sentence, ...] = tuple((words.practice.TABLE[key],) for key in ("quantity", "value"))
    rows = tuple((say_target(name, words), (value(text, words.marking),)) for name, text in session.list_shown().items())
    return Document("", blocks=(Table(heads, rows, "ll"),) if rows else (), language=words.language)
