"""The page about a hand-written backward pass: which lines are wrong, what stands there, what belongs there, what only follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from tutor.code.code_verdicts import CodeVerdict, WrongLine
from tutor.errors import ProgramError
from tutor.explain.derived_section import name_gradient, write_agreement, write_derived
from tutor.explain.document import Block, Code, Document, Heading, Inline, Paragraph, Sentence, Table, Verbatim
from tutor.explain.words.code_words import CodeWords
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.late_patterns import compile_late
from tutor.text import shorten_path


def document(file: str, verdicts: Sequence[CodeVerdict], words: Wording) -> Document:
    """The page about the backward passes of a file, the wrong ones first."""
    title = words.code.TITLE.format(file=shorten_path(file))
    return Document(title, blocks=tuple(write_verdicts(verdicts, words)), language=words.language)


def write_verdicts(verdicts: Sequence[CodeVerdict], words: Wording) -> Iterator[Block]:
    """What is said of each backward pass, the wrong ones first."""
    order = {"wrong": 0, "undecided": 1, "right": 2}
    for verdict in sorted(verdicts, key=lambda one: order[one.verdict]):
        yield from _write_verdict(verdict, words)
        for one in verdict.warnings:
            yield Paragraph(write_coded(words.code.WARNINGS[one.kind], line=one.line, of=one.of, text=one.text))


def write_coded(phrase: str, **places: object) -> Sentence:
    """A phrase with its places filled in, what stands between backticks as pieces of a program.

    >>> write_coded("`{new}`, not {old}.", new="x", old="`w`")
    (Code(text='x'), ', not `w`.')
    """
    pieces = [piece.format(**places) for piece in phrase.split("`")]
    return tuple(Code(piece) if place % 2 else piece for place, piece in enumerate(pieces) if piece)


CODE_WIDTH = 78
"""Columns of a line of a program with its number and its sign."""
LONG = 64
"""Of more letters what stands there and what belongs there are not said in a sentence beside the change."""
_BOTH = compile_late(r": `\{new\}`, \w+ `\{old\}`")
Say: TypeAlias = Callable[[object], object]


def _write_verdict(verdict: CodeVerdict, words: Wording) -> Iterator[Block]:
    said: CodeWords = words.code
    say: Say = words.reader.say
    name = verdict.name or said.SCRIPT
    grammar = said.grammar
    if verdict.verdict == "right":
        yield Paragraph((grammar.count(said.RIGHT, len(verdict.outputs), name=name),))
        for one in verdict.assumes:
            yield Paragraph(write_coded(said.ASSUMES, what=say(one)))
        yield from _write_unread(verdict, said, say)
        return
    if verdict.verdict == "undecided":
        yield Paragraph(write_coded(said.UNDECIDED, name=name, why=_end(say(verdict.why))))
        yield from _write_place(verdict.place)
        yield from _write_unread(verdict, said, say)
        yield Paragraph((said.HELPS.format(what=say(verdict.hint)),) if verdict.hint else write_coded(said.NEXT))
        return
    wrong = sum(output.verdict != "right" for output in verdict.outputs)
    forms = said.WRONG if verdict.roots else said.GRADIENTS_WRONG
    lines = len({(root.line, root.before) for root in verdict.roots if root.before} or verdict.roots)
    yield Heading(grammar.count(forms, lines or wrong, name=name))
    for place, root in enumerate(verdict.roots):
        before = verdict.roots[:place]
        yield from _write_root(root, said, say, shown=not any(_is_same_line(root, other) for other in before))
        yield from write_derived(root, words)
    if verdict.follows:
        yield Paragraph(
            (grammar.choose(said.FOLLOWS, len(verdict.follows)).format(lines=_list_lines(verdict.follows, said)),)
        )
    factor = find_loss_factor(verdict)
    if factor:
        yield Paragraph((said.OR_LOSS.format(factor=factor),))
    if verdict.outputs:  # else only steps are taken there
        heads = tuple((said.HEADS[key],) for key in ("gradient", "of", "shape", "verdict"))
        yield Table(heads, tuple(_write_rows(verdict, said)), "llll")
    for one in verdict.assumes:
        yield Paragraph(write_coded(said.ASSUMES, what=say(one)))
    yield from _write_unread(verdict, said, say)
    if verdict.why:
        yield Paragraph((_end(say(verdict.why)), " ", said.HELPS.format(what=say(verdict.hint))))
    yield from write_agreement(verdict.roots, words)
    if any(root.tag.startswith(("transpose-", "product-order", "wrong-axis")) for root in verdict.roots):
        yield Paragraph((said.COLUMNS if verdict.world.columns else said.ROWS,))


def find_loss_factor(verdict: CodeVerdict) -> str:
    """By how much the loss differs from the one that all gradients belong to, where they all are the same number of times too large.

    Nothing where that is not so, or where the loss is not the program's own, or what is wrong is not to be told.
    """
    own = verdict.forward == verdict.name.rpartition(".")[2]
    factors = {output.factor for output in verdict.outputs}
    shown = bool(verdict.roots) and all(root.before for root in verdict.roots)
    return next(iter(factors)) if own and shown and len(factors) == 1 else ""


TOLD_ALONE = ("", "unwritten", "path-dropped")
"""Slips that no change of the line takes back: the line is shown as it stands."""


def _is_same_line(one: WrongLine, other: WrongLine) -> bool:
    """Whether two parts of one line are wrong, which is shown once, with both of them right."""
    return bool(one.after) and (one.file, one.line, one.before, one.after) == (other.file, other.line, other.before, other.after)


def _write_root(root: WrongLine, said: CodeWords, say: Say, *, shown: bool) -> Iterator[Block]:
    """What is said of a wrong line; its change where it is ``shown`` here, and not beside another part of the line."""
    label = (
        said.LINE.format(line=root.line)
        if root.last == root.line
        else said.LINES.format(line=root.line, last=root.last)
    )
    if root.file:
        label = said.IN_FILE.format(line=label, file=root.file)
    if not root.before:  # what a hint may show
        if root.line:
            yield Paragraph((said.HINT.format(kind=said.KINDS[root.tag]),), label)
        yield from (Paragraph((said.OR_HINT.format(line=other.line),)) for other in root.others if other.line)
        return
    phrase = said.SLIPS[root.tag]
    if len(root.old) + len(root.new) > LONG:  # the change below shows both
        phrase = _BOTH.sub("", phrase)
    told = write_coded(phrase, old=root.old, new=root.new, factor=root.factor)
    fails = said.FAILS.format(why=say(root.fails)) if root.fails else ""
    if fails and root.tag:  # the slip is what is to be mended, and comes first
        yield Paragraph((*told, f" {fails}"), label, apart=True)
    else:
        yield Paragraph((f"{fails} ", *told) if fails else tuple(told), label, apart=True)
    if root.tag not in TOLD_ALONE:
        if shown:
            yield _write_change(root)
        names = [Code(name_gradient(key)) for key in root.repairs]
        keys: list[Inline] = [*said.grammar.enumerate_parts(names, said.COMMA, said.AND)]
        if names:  # a step makes no gradient right
            yield Paragraph(tuple(split_places(said.grammar.choose(said.REPAIRS, len(names)), {"keys": keys})))
        for other in root.others:
            yield Paragraph((said.OR_LINE.format(line=other.line),))
            yield _write_change(other)
    else:
        (before,) = drop_margin(root.before)
        lines = [row for place, line in enumerate(before) for row in break_code(line, f"{root.line + place:4}   ")]
        yield Verbatim("\n".join(lines))


def _write_change(root: WrongLine) -> Verbatim:
    """The change as a diff: lines that stay, those that go, those that come; what all of them are set in by is left out."""
    before, after = drop_margin(root.before, root.after)
    rows: list[tuple[str, str]] = []
    shared = [line for line in before if line in after]
    if shared:
        left = list(before)
        for line in after:
            stays = line in left
            number = f"{root.line + before.index(line):4}" if stays else "    "
            rows += [(row, " " if stays else "+") for row in break_code(line, f"{number}   " if stays else "     + ")]
            if stays:
                left.remove(line)
    else:
        for place, line in enumerate(before):
            rows += [(row, "-") for row in break_code(line, f"{root.line + place:4} - ")]
        for line in after:
            rows += [(row, "+") for row in break_code(line, "     + ")]
    return Verbatim("\n".join(row for row, _ in rows), "".join(sign for _, sign in rows))


def drop_margin(*parts: Sequence[str]) -> list[list[str]]:
    """Lines without the spaces that all of them begin with.

    >>> drop_margin(["    a = 1"], ["    if b:", "        a = 2"])
    [['a = 1'], ['if b:', '    a = 2']]
    """
    lines = [line for part in parts for line in part if line.strip()]
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines), default=0)
    return [[line[margin:] if line.strip() else line for line in part] for part in parts]


def break_code(line: str, head: str) -> Iterator[str]:
    """A line of a program behind its number and sign; one too long for a page goes on below, further in.

    >>> print("\\n".join(break_code("dx = (" + " + ".join(["a" * 30] * 3) + ")", "  7 - ")))
      7 - dx = (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa + aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa +
              aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)
    """
    inner = " " * (len(line) - len(line.lstrip()) + 4)
    rest = line
    while len(head) + len(rest) > CODE_WIDTH:
        best = rest[: CODE_WIDTH - len(head)].rfind(" ")
        best = best if rest[: max(best, 0)].strip() else 0
        if not best:
            break
        yield head + rest[:best]
        head, rest = " " * len(head), inner + rest[best + 1 :]
    yield head + rest


def _write_rows(verdict: CodeVerdict, said: CodeWords) -> Iterator[tuple[Sentence, ...]]:
    for output in verdict.outputs:
        told = said.VERDICTS[output.verdict]
        if output.verdict == "wrong" and output.factor:
            told = said.VERDICTS["factor"].format(factor=output.factor)
        elif output.verdict == "wrong" and output.shape != output.expected:
            told = said.VERDICTS["misshapen"].format(shape=output.expected)
        shape = str(output.shape) if output.verdict != "lost" else "–"
        yield (name_gradient(output.key),), (output.of.rpartition(".")[2],), (shape,), (told,)



def _write_unread(verdict: CodeVerdict, said: CodeWords, say: Say) -> Iterator[Block]:
    for key, why in verdict.left_over:
        yield Paragraph(write_coded(said.LEFT_OVER, name=name_gradient(key), why=_end(say(why))))
    rooted = {root.line for root in verdict.roots}
    for line in verdict.unread:
        if line.line not in rooted and not str(verdict.why).startswith(f"line {line.line} "):
            told = said.REFUSED if line.fails else said.UNREAD
            yield Paragraph((told.format(line=line.line, why=_end(say(line.why))),))
            yield from _write_place(line.place)
            if line.place is not None and line.place.hint:
                yield Paragraph((said.HELPS.format(what=say(line.place.hint)),))


def _write_place(place: ProgramError | None) -> Iterator[Block]:
    """A place of a program: its address, and its line with a caret."""
    if place is not None and place.spot:
        code, caret = drop_margin(place.spot.split("\n")[:1])[0], place.spot.split("\n")[1]
        cut = len(place.spot.split("\n")[0]) - len(code[0])
        yield Verbatim(f"{place.where}\n    {code[0]}\n    {caret[cut:]}")


def _end(said: object) -> str:
    return str(said).rstrip(".")


def _list_lines(lines: Sequence[int], said: CodeWords) -> str:
    """Lines as a list, with spans: 15–17, 20.

    >>> _list_lines([15, 16, 17, 20], CodeWords())
    '15–17 and 20'
    """
    spans: list[list[int]] = []
    for line in lines:
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    parts = [
        str(first) if first == last else f"{first}–{last}" if last > first + 1 else f"{first}{said.COMMA}{last}"
        for first, last in spans
    ]
    return "".join(map(str, said.grammar.enumerate_parts(parts, said.COMMA, said.AND)))
