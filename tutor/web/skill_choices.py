"""What the catalogue is chosen by: the skills that exercises train, as they are taught.  Nothing here needs SymPy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tutor.explain.words.wording import Wording
from tutor.web.roster import Served

TAUGHT = ("forward", "local", "gradient", "update")
"""Sorts of skills with a group of their own; all others are choices."""
CHOICES = "choices"
MISTAKES = "wrong-line"


@dataclass(frozen=True, slots=True)
class SkillChoice:
    """A skill to choose: what it is called, the names that are called so (``skills``), in how many exercises it is trained (``count``), and
    with which probability the learner has mastered it; None where they have not been asked for it."""

    label: str
    skills: frozenset[str]
    count: int
    known: float | None = None

    @property
    def key(self) -> str:
        """What it is called in an address."""
        return min(self.skills)


def list_skill_choices(
    served: Collection[Served], known: Mapping[str, float], words: Wording, among: Collection[Served] | None = None
) -> dict[str, list[SkillChoice]]:
    """The skills that exercises train, by their sort; ``known`` is what a learner has shown, and exercises are counted ``among`` those that
    are left by what else is asked for.

    Which mistake is to be found in an exercise is asked there, so that all mistakes are one choice.
    """
    named: dict[tuple[str, str], set[str]] = {}
    for skill in sorted({skill for one in served for skill in one.skills}):
        sort = skill.partition(":")[0]
        label = words.practice.MISTAKE if sort == MISTAKES else words.name_skill(skill)
        named.setdefault((sort if sort in TAUGHT else CHOICES, label), set()).add(skill)
    found: dict[str, list[SkillChoice]] = {sort: [] for sort in (*TAUGHT, CHOICES)}
    for (sort, label), skills in sorted(named.items()):
        count = sum(bool(skills & one.skills) for one in (served if among is None else among))
        tried = [known[skill] for skill in skills if skill in known]
        found[sort].append(SkillChoice(label, frozenset(skills), count, min(tried, default=None)))
    return {sort: choices for sort, choices in found.items() if choices}


def find_choice(choices: Iterable[list[SkillChoice]], asked: str) -> SkillChoice | None:
    """The choice that an address asks for."""
    return next((one for listed in choices for one in listed if asked in one.skills), None)
