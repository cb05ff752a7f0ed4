"""The sentences about marked work.  Wording is data: one row for each verdict, outcome and misconception."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from tutor.explain.words.array_slip_words import SlipPhrase
from tutor.explain.words.function_words import phrases_of
from tutor.explain.words.slip_words import SLIPS
from tutor.explain.words.topic import Topic
from tutor.expression.own_functions import is_own, shorten_name

if TYPE_CHECKING:
    from tutor.marking.marked import MarkedAnswer

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class VerdictPhrase:
    """How a verdict is said: beside a mark, in the legend of a chart, and as a column's head."""

    words: str
    legend: str
    head: str


class MarkingWords(Topic):
    """The phrases about marked work."""

    VERDICTS: Mapping[str, VerdictPhrase] = {
        "correct": VerdictPhrase("correct", "correct", "right"),
        "follow-through": VerdictPhrase("right from your earlier answers", "follow-through", "follows"),
        "close": VerdictPhrase("close: check the arithmetic or the rounding", "close", "close"),
        "misconception": VerdictPhrase("a known slip", "known slip", "slip"),
        "wrong": VerdictPhrase("wrong", "wrong", "wrong"),
        "undecided": VerdictPhrase("undecided; a person will look at it", "undecided", "undec"),
        "unreadable": VerdictPhrase("could not be read; a person will look at it", "unreadable", "unread"),
        "blank": VerdictPhrase("no answer", "no answer", "blank"),
    }

    NO_LOSS = "a slip that costs no marks"
    """How an answer is said that has a slip in it and all the marks nevertheless."""

    OUTCOMES: Mapping[str, str] = {
        "other-form": "The value is right, but the answer is not in the form that is asked for.",
        "typed-back": "This is the question typed back, not an answer to it.",
        "few-digits": "Correctly rounded, but to fewer digits than are asked for.",
        "rounded-early": "Right, but for intermediate results that were rounded before they were used: keep more digits on the way.",
        "broken-line": "The result is right, but a line of the working does not hold.",
        "cannot-carry": "The answers after it could not be checked with this value, since nothing can be computed from it.",
        "circular": "This answer and another one would each explain the other, so neither is taken as the reason.",
    }

    SLIPS: Mapping[str, SlipPhrase] = SLIPS

    def slip(self, tag: str) -> SlipPhrase:
        """How a misconception is said; one without a row of its own is said by its tag.

        >>> MarkingWords().slip("missing-path").name
        'one path left out'
        >>> MarkingWords().slip("chain-too-long").name
        'chain too long'
        """
        known = self.SLIPS.get(tag)
        if known is not None:
            return known
        words = " ".join(tag[:80].split("-")).strip() or self.UNNAMED
        return SlipPhrase(words, words, self.LOOK_AGAIN)

    def name_slip(self, tag: str, also: Mapping[str, str]) -> str:
        """The name of a slip in a list; ``also`` are those that are made in programs only.

        >>> MarkingWords().name_slip("sign", {"sign": "a sign"})
        'a sign'
        """
        return also[tag] if tag in also and tag not in self.SLIPS else self.slip(tag).name

    def explanation(self, tag: str, also: Mapping[str, str] = MappingProxyType({})) -> str:
        """The name of a whole explanation: a pair as ``a and b``, several that fit as ``a, or b``.

        >>> MarkingWords().explanation("missing-path + sign-lost | step-up")
        'one path left out and a sign lost, or step up the gradient'
        """
        ways = [self.AND.join(self.name_slip(each, also) for each in way.split(" + ")) for way in tag.split(" | ")]
        return self.OR_NAMED.join(ways)

    SUBJECTS: Mapping[str, str] = {
        "sum": "a sum", "difference": "a difference", "weighted sum": "a weighted sum", "product": "a product", "quotient": "a quotient",
        "power": "a power", "negation": "an opposite", "copy": "a quantity that is passed on", "constant": "a constant",
        "formula": "its definition", "pi": "a constant", **phrases_of("subject"),
    }  # fmt: skip
    """What the rule of a forward step is about.  A hint names the rule and never states it: where it is asked for, it is the answer."""
    KINDS: Mapping[str, str] = {
        "product": "the product rule", "quotient": "the quotient rule", "power": "the power rule",
        "formula": "the rules of differentiation",
        "start": "the derivative of a quantity with respect to itself", "chain rule": "the chain rule",
        "sum over paths": "the sum over all paths",
        "joined paths": "the gradients of the parts, one after the other", "no path": "the paths that lead to the result",
    }  # fmt: skip
    """How the rule of a derivative is called, where it is more than the derivative of its subject."""
    MOVES: Mapping[str, str] = {
        "step against the gradient": "the update rule of gradient descent", "velocity": "the velocity of the method",
        "step along the velocity": "the update rule with the velocity", "step ahead of the velocity": "the update rule with the velocity",
        "Newton step": "the Newton step", "sum of squares": "the sum of the squared gradients",
        "mean of squares": "the running mean of the squared gradients", "mean of gradients": "the running mean of the gradients",
        "bias correction": "the bias correction", "scaled step": "the update rule of the method", "count": "the number of the update",
    }  # fmt: skip
    ANY_RULE = "the rule of this step"
    DERIVATIVE = "the derivative of {subject}"

    def rule(self, sort: str, name: str) -> str:
        """What kind of rule a step needs, by its sort (``forward``, ``local``, ``gradient``, ``update``) and its rule: never a formula.

        >>> MarkingWords().rule("local", "sigmoid"), MarkingWords().rule("gradient", "sum over paths")
        ('the derivative of the sigmoid', 'the sum over all paths')
        """
        if sort == "update":
            return self.MOVES.get(name, self.ANY_RULE)
        if sort != "forward" and name in self.KINDS:
            return self.KINDS[name]
        plain = name.rstrip("'")
        subject = shorten_name(plain) if is_own(plain) else self.SUBJECTS.get(re.sub(r"^((?:log_)?softmax)_\d+$", r"\1", plain))
        if subject is None:
            return self.ANY_RULE
        return subject if sort == "forward" and not name.endswith("'") else self.DERIVATIVE.format(subject=subject)

    def verdict(self, name: str) -> VerdictPhrase:
        """How a verdict is said."""
        return self.VERDICTS.get(name) or VerdictPhrase(name, name, name)

    def say_answer(self, answer: MarkedAnswer) -> str:
        """The verdict on an answer in words; a slip that costs nothing is not called one."""
        return self.NO_LOSS if is_unpunished(answer) else self.verdict(answer.verdict).words

    def is_unpunished(self, answer: MarkedAnswer) -> bool:
        """Whether an answer has a slip in it and all the marks nevertheless, such as one that was rounded on the way."""
        return answer.verdict == "misconception" and answer.marks == answer.out_of > 0

    def list_words(self, words: Sequence[str]) -> str:
        """Words as a list.

        >>> MarkingWords().list_words(["a", "b", "c"])
        'a, b and c'
        """
        return "".join(self.grammar.enumerate_parts(words, self.COMMA, self.AND))

    def join_parts(self, parts: Sequence[Part]) -> list[Part | str]:
        """Things, maths among them, as a list in a sentence: a, b and c."""
        return self.grammar.enumerate_parts(parts, self.COMMA, self.AND)

    AND, COMMA = " and ", ", "

    # A student's report

    FEEDBACK = "Feedback: {title}"
    MARKS = "{marks} of {out_of} marks"
    MARKS_OPEN = "{marks} of {out_of} marks, {count} open"
    OF = "{marks} of {out_of}"
    OF_QUESTION = ": {mark}"
    """The heading of a question goes on with its mark."""
    OPEN_MARK = "open, of {out_of}"
    FAILED = "This work could not be marked. A person will look at it; until then there is no mark, and none is lost."
    REASON = "Reason"
    ALL_RIGHT = "Every answer is right."
    FIRST = "First wrong step"
    FIRST_IS = "In the order of the computation {question} is the first answer that is wrong, so begin there."
    FIRST_PARTLY = "In the order of the computation {question} is the first answer that is not fully right, so begin there."
    ONLY_BECAUSE = (
        ("{answers} is wrong only because {reasons} was.", "{answers} are wrong only because {reasons} was."),
        ("{answers} is wrong only because {reasons} were.", "{answers} are wrong only because {reasons} were."),
    )
    """What follows only: of (one reason, several), each of (one answer, several)."""
    FROM_OWN = "It was computed rightly from your own {answers}."
    LEFT_OUT = "Left out"
    BESIDES = "It was computed from your own {answers}, too, which is not right; that alone does not explain it."
    ROUNDED_FROM = "It was computed from your rounded {answers}."
    PROBABLY = "Probably {slips}."
    EITHER = "Two explanations fit equally well: either {slips}."
    SEVERAL = "Several explanations fit equally well: either {slips}."
    OR = ", or "
    OR_NAMED = ", or "
    """Between what was perhaps done, and between the names of slips."""
    OR_ELSE = ", or something else"
    TOGETHER = ", and besides "
    IN_STEP = ", in the step {step}"
    POINT: Mapping[str, str] = {
        "at": "At {point} yours gives {yours}, the expected value is {expected}.",
        "at, hidden": "At {point} yours gives {yours}, which is not the expected value.",
        "values": "Yours gives {yours}, the expected value is {expected}.",
        "values, hidden": "Yours gives {yours}, which is not the expected value.",
    }
    LINE: Mapping[str, str] = {
        "before": "Line {number} of your working does not hold, though the line before it does: {line}",
        "goal": "Line {number} of your working is not equal to what is asked for: {line}",
    }
    LINE_YOURS = " (it comes to {yours})"
    LINE_VALUES = " (it comes to {yours}, the expected value is {expected})"
    READ = "It was read as {answer}."
    UNREAD = "It could not be read:"
    PERSON = "A person will look at {which}; the mark there is still open."
    TO_PERSON = "a person will look at it"
    NO_ANSWER = "No answer to {count} questions ({marks}): {questions}."
    PROBLEM = "Note"
    UNUSED = "Not used"
    UNUSED_PART = "{text} ({reason})"
    UNUSED_AT = "{place}: {part}"
    NEXT_STEP = "Write the step {step} out once more. It needs {rules}."
    NEXT_POINT = "Put the numbers of the point above into your formula and into each step before it: the first that differs is wrong."
    NEXT_VALUES = "Write the formula of this step down first, then put the numbers in, and keep all digits until the end."
    NEXT_CLOSE = "The way is probably right: put the numbers in once more, keep all digits on the way, and round only the result."
    LOOK_AGAIN = "Write this step out once more, one factor at a time, with the rule beside each."
    UNNAMED = "a slip without a name"
    NEXT_OUTCOMES: Mapping[str, str] = {
        "other-form": "Rewrite your answer in the form that is asked for.",
        "typed-back": "Begin with the rule by which this quantity is computed, and put in what is known.",
        "few-digits": "Give more digits.",
        "rounded-early": "Keep all digits on the way, and round only the result.",
        "broken-line": "Look at the line above: what did you change from the line before it?",
        "cannot-carry": LOOK_AGAIN,
        "circular": "Begin with the one of the two that is computed first.",
    }
    SOLUTION = "Solution"
    LABELS: Mapping[str, str] = {
        "student": "Student", "answer": "Answer", "verdict": "Verdict", "slip": "Slip", "marks": "Marks", "because": "Because",
        "working": "Working", "point": "Point", "next": "Next",
    }  # fmt: skip
    """The word in front of a paragraph."""
    AFTER = "{name} after {count}"
    NAMED = "{name} ({student})"
    ANSWER_IS = "{question}: {verdict}."
    LINE_BROKEN = "Line {number} does not hold: {line}"
    REASONS: Mapping[str, str] = {
        "right": "right",
        "right from the earlier results": "right from the earlier results",
        "a near miss": "a near miss",
        "all but one slip": "all but one slip",
        "all but two slips": "all but two slips",
        "equal, but not in the form asked": "equal, but not in the form asked",
        "correctly rounded, but to fewer digits than asked": "correctly rounded, but to fewer digits than asked",
        "right result after a line that does not hold": "right result after a line that does not hold",
        "undecided: a person decides": "undecided: a person decides",
        "unreadable: a person decides": "unreadable: a person decides",
        "the question typed back": "the question typed back",
        "explained by an answer that is explained by this one": "explained by an answer that is explained by this one",
        "nothing written": "nothing written",
        "wrong": "wrong",
        "wrong only because of another line": "wrong only because of another line",
        "the mean over the entries": "the mean over the entries",
    }
    """Why so many marks are given, by the key that stands in marked work."""
    CREDITED = "{marks}: {operations}."
    CREDITS: Mapping[str, str] = {"award": "{amount} ({reason})", "scale": "times {amount} ({reason})",
                                  "cap": "at most {amount} ({reason})", "stop": "no further credit ({reason})"}  # fmt: skip
    CREDITS_BARE: Mapping[str, str] = {"award": "{amount}", "scale": "times {amount}", "cap": "at most {amount}",
                                       "stop": "no further credit"}  # fmt: skip
    CUT = "… ({count:,} characters in all)"

    # The class

    CLASS = "The class: {title}"
    STUDENTS = ("one student", "{count:,} students")
    UNMARKED = ("{count:,} could not be marked and is not in these numbers.", "{count:,} could not be marked and are not in these numbers.")
    SPREAD = "Mean {mean}, median {median}, quartiles {lower} and {upper}, from {low} to {high}, of {out_of}."
    BIN = "{low} to {high}"
    RIGHT_OF = "{right} of {count} right"
    SLIP_COUNT = "{sure} + {perhaps}"
    NOBODY = "No work was marked."
    DISTRIBUTION = "Students by marks (of {out_of})"
    SHARES = "Share of each verdict by question"
    BY_QUESTION = "By question"
    COMMONEST = "The commonest slip of each question, and how many answers show it."
    BY_SLIP = "By misconception"
    SLIP_TABLE = "Answers that show it, and the students; a number behind + counts answers that another slip explains as well."
    NO_SLIPS = "No misconception was recognised."
    FOR_PERSON = "For a person"
    FOR_NOBODY = "There is nothing that a person has to look at."
    NO_ANSWERS = "No single answer; the submissions listed below."
    UNUSED_PARTS = "Parts that were not used"
    WAITING = ("{count:,} of these has no grade until a person has looked.", "{count:,} of these have no grade until a person has looked.")
    NOT_MARKED = "Could not be marked"
    PROBLEMS = "Problems of submissions"
    MORE_ROWS = "{count:,} more rows are left out here; the results file has all of them."
    NAMES_AND_MORE = "{names} and {count} more"
    WHY_MESSAGE = "{why}: {message}"
    COUNTED_QUESTION = "{mean}/{out_of}"
    WHY: Mapping[str, str] = {"undecided": "undecided", "unreadable": "unreadable", "blank": "no answer"}
    HEADS: Mapping[str, str] = {
        "question": "question", "mean": "mean", "slip": "commonest slip", "misconception": "misconception", "answers": "answers",
        "students": "students", "where": "where", "student": "student", "why": "why", "text": "answer", "reason": "reason",
        "problem": "problem", "marks": "marks", "verdict": "verdict",
    }  # fmt: skip


def is_unpunished(answer: MarkedAnswer) -> bool:
    """Whether an answer has a slip in it and all the marks nevertheless, such as one that was rounded on the way."""
    return answer.verdict == "misconception" and answer.marks == answer.out_of > 0
