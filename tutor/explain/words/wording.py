"""All the words of pages in one language: English, or a translation of it that is held against English.

A `Wording` goes with a result (``tutor.solve(…, words=…)``) and is asked for its topics: ``words.rules.forward("sigmoid")``.  A topic is
loaded when a page asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tutor.explain.words.sentence_grammar import Grammar
from tutor.explain.words.topic import Topic, collect_phrases

if TYPE_CHECKING:
    from tutor.explain.words.array_rules import ArrayWords
    from tutor.explain.words.audit_words import AuditWords
    from tutor.explain.words.chart_words import ChartWords
    from tutor.explain.words.code_words import CodeWords
    from tutor.explain.words.compare_words import CompareWords
    from tutor.explain.words.drawn_words import DrawnWords
    from tutor.explain.words.listing_words import ListingWords
    from tutor.explain.words.marking_words import MarkingWords
    from tutor.explain.words.page_words import PageWords
    from tutor.explain.words.practice_words import PracticeWords
    from tutor.explain.words.proof_words import ProofWords
    from tutor.explain.words.reader_words import ReaderWords
    from tutor.explain.words.rules import RuleWords
    from tutor.explain.words.sheet_words import SheetWords
    from tutor.explain.words.update_rules import UpdateWords
    from tutor.explain.words.web_words import WebWords
    from tutor.notation.profile import Notation

TOPICS: Mapping[str, tuple[str, str]] = {
    "rules": ("rules", "RuleWords"),
    "arrays": ("array_rules", "ArrayWords"),
    "updates": ("update_rules", "UpdateWords"),
    "proofs": ("proof_words", "ProofWords"),
    "marking": ("marking_words", "MarkingWords"),
    "pages": ("page_words", "PageWords"),
    "charts": ("chart_words", "ChartWords"),
    "drawn": ("drawn_words", "DrawnWords"),
    "listings": ("listing_words", "ListingWords"),
    "audit": ("audit_words", "AuditWords"),
    "code": ("code_words", "CodeWords"),
    "compare": ("compare_words", "CompareWords"),
    "sheets": ("sheet_words", "SheetWords"),
    "practice": ("practice_words", "PracticeWords"),
    "web": ("web_words", "WebWords"),
    "reader": ("reader_words", "ReaderWords"),
}
"""Each topic's module in `tutor.explain.words`, and its class."""

SENTENCES = "reader.SAID."
"""Where a translation has sentences by the English ones themselves: these stand in no table, but where they are said."""
_PLACE = re.compile(r"\{[a-z_]*")


class _Topics:
    """The topics of a wording, for the type checker."""

    if TYPE_CHECKING:
        rules: RuleWords
        arrays: ArrayWords
        updates: UpdateWords
        proofs: ProofWords
        marking: MarkingWords
        pages: PageWords
        charts: ChartWords
        drawn: DrawnWords
        listings: ListingWords
        audit: AuditWords
        code: CodeWords
        compare: CompareWords
        sheets: SheetWords
        practice: PracticeWords
        web: WebWords
        reader: ReaderWords


@dataclass(frozen=True)
class Wording(_Topics):
    """The words of one language: English unless ``phrases`` has others, with the ``grammar`` of that language.

    ``phrases`` is complete, by where each phrase stands (see `list_english_phrases`); `make_translation` makes one that is checked.

    >>> ENGLISH.rules.say_forward("sigmoid"), ENGLISH.marking.list_words(["a", "b", "c"])
    ('sigmoid', 'a, b and c')
    """

    phrases: Mapping[str, str] | None = None
    grammar: Grammar | None = None

    def __getattr__(self, name: str) -> Any:
        """A topic, when it is first asked for."""
        if name not in TOPICS:
            raise AttributeError(f"there is no topic {name} of words")
        found = self.__dict__[name] = find_topic_class(name)(self.phrases, self.grammar, name=name)
        return found

    @property
    def language(self) -> str:
        """The code of the language, for programs that read a page aloud or hyphenate it."""
        return (self.grammar or Grammar()).language

    def speak(self, notation: Notation) -> Notation:
        """A notation with the words of this language: those of cases."""
        return replace(notation, choice=self.drawn.CHOICE)

    def name_skill(self, skill: str) -> str:
        """A skill in words, by its name in practice.

        >>> ENGLISH.name_skill("forward:sigmoid"), ENGLISH.name_skill("ways:sum over paths")
        ('computing the sigmoid', 'which ways there are')
        """
        sort, _, rule = skill.partition(":")
        named = ""
        if rule:
            named = self.marking.slip(rule).name if sort == "wrong-line" else self.marking.rule("local" if sort == "why" else sort, rule)
        return self.practice.PLACES.get(sort, sort).format(rule=named, slip=named)

    def __reduce__(self) -> tuple[type[Wording], tuple[Mapping[str, str] | None, Grammar | None]]:
        return Wording, (self.phrases, self.grammar)


ENGLISH = Wording()
"""What every page is written in unless another `Wording` is asked for."""


def find_topic_class(name: str) -> type[Topic]:
    """The class of a topic."""
    module, kind = TOPICS[name]
    found: type[Topic] = getattr(import_module(f"tutor.explain.words.{module}"), kind)
    return found


@cache
def list_english_phrases() -> Mapping[str, str]:
    """Every phrase in English, by where it stands: what a translation has to give.

    >>> list_english_phrases()["rules.FORWARD.sigmoid"]
    'sigmoid'
    """
    return collect_phrases({name: find_topic_class(name) for name in TOPICS})


def make_translation(phrases: Mapping[str, str], grammar: Grammar | None = None) -> Wording:
    """A language by its phrases, each where the English one stands.

    Raises `ValueError` with all faults of `list_faults`.

    >>> make_translation({**list_english_phrases(), "rules.FORWARD.exp": "Exponentialfunktion"}).rules.say_forward("exp")
    'Exponentialfunktion'
    """
    faults = list_faults(phrases)
    if faults:
        raise ValueError("; ".join(faults))
    return Wording(dict(phrases), grammar)


def list_faults(language: Mapping[str, str]) -> tuple[str, ...]:
    """What is wrong with a translation: phrases that it lacks or that nothing asks for, and those whose places in braces are others.

    Which sentences of `SENTENCES` there are is not known here: what is left out of them stays English.

    >>> english = list_english_phrases()
    >>> list_faults(english), list_faults({**english, "proofs.EXACTLY": "exakt {x}"})
    ((), ('proofs.EXACTLY has other places in braces than in English',))
    """
    english = {**list_english_phrases(), **{where: where.removeprefix(SENTENCES) for where in language if where.startswith(SENTENCES)}}
    faults = [f"{where} is missing" for where in english if where not in language]
    faults += [f"{where} is asked for by nothing" for where in language if where not in english]
    for where, phrase in language.items():
        if where in english and sorted(_PLACE.findall(phrase)) != sorted(_PLACE.findall(english[where])):
            faults.append(f"{where} has other places in braces than in English")
    return tuple(faults)
