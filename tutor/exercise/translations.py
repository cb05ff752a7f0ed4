"""What an exercise says in words, in other languages: its title, notes, errata, the wording of its questions.

A table that is called as a language is (``[de]``) stands in the exercise file; what is not translated stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from tutor.errors import hint_near
from tutor.text import make_visible

if TYPE_CHECKING:
    from tutor.exercise.question import Question  # the list of exercises needs none

Translations: TypeAlias = Mapping[str, Mapping[str, str]]
"""By the code of a language: each text of the file with its translation."""
Fault: TypeAlias = Callable[..., None]
Checked: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, tuple[type, ...]], str], dict[str, Any]]

TRANSLATED = {"title": (str,), "notes": (list,), "texts": (dict,)}
"""The keys of a translation."""
_CODE = re.compile(r"[a-z]{2}")


def is_language_code(key: str) -> bool:
    """Whether a key of an exercise file is the code of a language.

    >>> is_language_code("de"), is_language_code("data")
    (True, False)
    """
    return bool(_CODE.fullmatch(key))


def read_translations(raw: Mapping[str, Any], check_types: Checked, fault: Fault) -> dict[str, dict[str, str]]:
    """The translations of a file; each fault of one is told with its path."""
    found: dict[str, dict[str, str]] = {}
    for code in filter(is_language_code, raw):
        if not isinstance(raw[code], dict):
            continue
        if code == raw.get("language", "en"):
            fault(f"the exercise itself is in {code}", code, "write the translation's table under another language, or say language = …")
        good = check_types(raw[code], TRANSLATED, code)
        pairs = [(raw.get("title"), good["title"], f"{code}.title")] if "title" in good else []
        notes, own = good.get("notes", []), raw.get("notes", [])
        if notes and isinstance(own, list) and len(notes) != len(own):
            fault(f"{len(notes)} of {len(own)} notes are translated", f"{code}.notes", "one for each note, in their order")
        else:
            pairs += [(mine, said, f"{code}.notes[{place}]") for place, (mine, said) in enumerate(zip(own, notes, strict=False), 1)]
        known = list(dict.fromkeys(list_texts(raw)))
        for mine, said in good.get("texts", {}).items():
            if mine not in known:
                hint = hint_near(mine, known) or "a text is written as the erratum, the text or the option that it translates"
                fault(f"no erratum and no question says {make_visible(mine, 60)}", f"{code}.texts", hint)
            pairs.append((mine, said, f"{code}.texts.{make_visible(mine, 40)}"))
        found[code] = {}
        for mine, said, path in pairs:
            if not isinstance(said, str) or not said.strip():
                fault(f"a text belongs here, not {make_visible(repr(said))}", path)
            elif isinstance(mine, str):
                found[code][mine] = said
    return found


def list_texts(raw: Mapping[str, Any]) -> Iterator[str]:
    """The texts of an exercise file that a translation may give besides title and notes: errata, wordings, options.

    >>> list(list_texts({"claim": [{"erratum": "the sign"}], "question": [{"text": "Which?", "options": ["up", "down"]}]}))
    ['the sign', 'Which?', 'up', 'down']
    """
    for key, names in (("claim", ("erratum",)), ("question", ("text", "options"))):
        rows = raw.get(key, [])
        for row in filter(lambda row: isinstance(row, dict), rows if isinstance(rows, list) else ()):
            for name in names:
                some = row.get(name, [])
                yield from (text for text in (some if isinstance(some, list) else [some]) if isinstance(text, str) and text)


def add_options(questions: Sequence[Question], translations: Translations) -> tuple[Question, ...]:
    """The questions with what their options are called in other languages, by which they are answered too."""
    return tuple(
        replace(question, translated=tuple(
            (letter, texts[text]) for texts in translations.values() for letter, text in question.options if text in texts
        )) if question.options else question
        for question in questions
    )  # fmt: skip


def translate_questions(questions: Sequence[Question], texts: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions in the words of a translation.

    >>> from tutor.exercise.question import Question
    >>> [question] = translate_questions([Question("w", "w", text="The weight.")], {"The weight.": "Das Gewicht."})
    >>> question.text
    'Das Gewicht.'
    """
    return tuple(
        replace(
            question, text=texts.get(question.text, question.text),
            options=tuple((letter, texts.get(text, text)) for letter, text in question.options),
        )
        for question in questions
    )  # fmt: skip
