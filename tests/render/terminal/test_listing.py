"""Lists for the terminal: at any width nothing is cut, and lines break between words."""

from collections import Counter
from dataclasses import replace

import pytest
from rich.cells import cell_len

from tutor.exercise.catalogue import Entry
from tutor.exercise.catalogue import entries as read_entries
from tutor.explain.words.wording import ENGLISH
from tutor.render.terminal.listing import EXAMPLES, exercises, verdicts, wrap_text
from tutor.results.check import check
from tutor.text import make_terminal_visible

WORDS = ENGLISH.listings
ENTRIES = [
    Entry("a/short", "One word", "a", "", 1, ()),
    Entry("a/a-much-longer-name-of-one", "A title that goes on and on, longer than any terminal is wide " * 3, "a", "", 120, ("layers",)),
    Entry("b/wide", "漢字 " * 40, "b", "", 0, ("data", "training")),
    Entry("b/hostile", "red\x1b[31m title", "b", "", 12, ()),
]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 250])
def test_titles_are_wrapped_and_never_cut(width):
    lines = [line.plain for line in exercises(ENTRIES, width, WORDS)]
    assert max(cell_len(line) for line in lines) <= width
    text = "\n".join(lines)
    assert "…" not in text
    assert "\x1b" not in text
    for entry in ENTRIES:
        begin = next(number for number, line in enumerate(lines) if line.startswith(f"{entry.id} "))
        end = next((number for number in range(begin + 1, len(lines)) if not lines[number].startswith("   ")), len(lines))
        rows = [line.removeprefix(entry.id) for line in lines[begin:end]]
        claims = f"{entry.claims} figure{'' if entry.claims == 1 else 's'}" if entry.claims else ""
        assert rows[0].rstrip().endswith(claims)
        marks = [letter if ability in entry.abilities else "·" for ability, letter in (("layers", "L"), ("data", "D"), ("training", "T"))]
        rest = " ".join(rows).replace("".join(marks), "", 1).replace(claims, "", 1)
        assert rest.split() == make_terminal_visible(entry.title).split()
    for command, key in EXAMPLES:
        assert command in text
        assert WORDS.EXAMPLES[key] in text


def test_the_columns_stand_below_each_other():
    lines = [line.plain for line in exercises(ENTRIES, 80, WORDS)]
    places = {cell_len(line.partition(mark)[0]) for line in lines for mark in ("···", "L··", "·DT") if mark in line}
    assert places == {80 - len("  120 figures") - 3}
    assert next(line for line in lines if "1 figure" in line).endswith("    1 figure")


def test_topics_have_headings_and_what_is_folded_is_counted():
    first, second, *others = ENTRIES
    entries = [replace(first, course="published"), replace(second, course="attention"), *others, replace(first, course="dl")]
    lines = [line.plain for line in exercises(entries, 100, WORDS, folded=("published",))]
    headings = [line for line in lines if line in (*WORDS.TOPICS.values(), "b")]
    assert headings == [WORDS.TOPICS["dl"], WORDS.TOPICS["attention"], WORDS.TOPICS["published"], "b"]
    assert lines[lines.index(WORDS.TOPICS["published"]) + 1] == "1 exercise: tutor list published"


def test_every_folder_has_a_heading():
    assert {entry.course for entry in read_entries()} <= set(WORDS.TOPICS)


def test_no_exercises():
    assert list(exercises([], 80, WORDS)) == []


WRAPPED = [
    ("", 5, [""]),
    ("a b", 3, ["a b"]),
    ("a b", 2, ["a", "b"]),
    ("a  b c", 4, ["a  b", "c"]),
    ("abcdef g", 4, ["abcd", "ef g"]),
    ("漢字漢字", 5, ["漢字", "漢字"]),
]


@pytest.mark.parametrize(("text", "size", "lines"), WRAPPED)
def test_wrapped(text, size, lines):
    assert wrap_text(text, size) == lines


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_verdicts_are_wrapped_and_never_cut(width):
    found = check("qmul/network-deltas", "neuron/two-two-two", "dl/bce")
    lines = [line.plain for line in verdicts(found, width, WORDS)]
    assert max(cell_len(line) for line in lines[:-1]) <= width
    text = "".join(lines)
    assert "…" not in text
    letters = sorted(text.replace(" ", ""))
    for one in found:
        for cell in (one.written.claim, one.written.printed, one.written.value):
            assert not Counter(cell.replace(" ", "")) - Counter(letters)
