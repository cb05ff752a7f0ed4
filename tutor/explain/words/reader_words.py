"""What the reader of formulas says in other languages: refusals and their hints, which are English where they stand (`tutor.errors.tell`).

There is no table of the English ones: a translation has each by the English sentence itself, with the same places.
"""

from __future__ import annotations

from collections.abc import Mapping

from tutor.errors import Told, fill_places
from tutor.explain.words.sentence_grammar import Grammar
from tutor.explain.words.topic import Topic


class ReaderWords(Topic):
    """The sentences of a reader in a language."""

    OR = " or "
    """Between two names of which one is meant."""
    AND = " and "
    """Between two that belong together."""
    SAID: Mapping[str, str] = {}
    """Sentences by the English one."""

    def __init__(self, phrases: Mapping[str, str] | None = None, grammar: Grammar | None = None, *, name: str = "") -> None:
        super().__init__(phrases, grammar, name=name)
        begin = f"{name}.SAID."
        if phrases is not None:
            self.__dict__["SAID"] = {where.removeprefix(begin): said for where, said in phrases.items() if where.startswith(begin)}

    def say(self, message: object) -> object:
        """A sentence in this language, with all that stands in it; one that is not known, and what is no sentence, as it is.

        >>> from tutor.errors import tell
        >>> from tutor.explain.words.languages import find_wording
        >>> find_wording("de").reader.say(tell("did you mean {names}?", names=("w5", "w6")))
        'Ist w5 oder w6 gemeint?'
        """
        if isinstance(message, Told):
            places = {place: self.say(value) for place, value in message.places.items()}
            pattern = self.SAID.get(message.pattern, message.pattern)
            return fill_places(pattern, places, self.OR, self.AND) if places else pattern
        if isinstance(message, tuple | list):
            return type(message)(self.say(part) for part in message)
        return message
