"""The command ``tutor questions``: what an exercise asks, with the ids that answers are given under."""

from __future__ import annotations

import json
import sys

from tutor.cli.shell import AsJson, Lang, Target, console, write
from tutor.text import make_lines_visible


def questions(target: Target, as_json: AsJson = False, lang: Lang = None) -> None:
    """List the questions of an exercise: their ids, how each is answered, and its marks."""
    from tutor.explain.words.languages import require_wording
    from tutor.marking.marks import points, total
    from tutor.marking.selftest import find_stray_cases
    from tutor.marking.work import marker
    from tutor.solving.program_exercise import find_exercise_text

    ident, text = find_exercise_text(target)
    prepared = marker(text, ident, 0)
    said = require_wording(lang, prepared.exercise.language)
    words, found = said.listings, prepared.questions
    for remark in find_stray_cases(prepared):
        sys.stderr.write(f"tutor: {make_lines_visible(remark)}\n")
    if as_json:
        from tutor.contracts.sheet_json import list_asked

        write(json.dumps({"schema": 1, **list_asked(ident, found)}, indent=2, ensure_ascii=False) + "\n")
        return
    from tutor.render.terminal.question_rows import questions as rows

    screen = console()
    for line in rows(prepared.exercise.say_questions(said.language, found), screen.width, [points(q.marks) for q in found], words):
        screen.print(line, soft_wrap=True)
    marks = points(total(q.marks for q in found))
    screen.print(f"\n{words.count_questions(len(found), marks)}", soft_wrap=True)
