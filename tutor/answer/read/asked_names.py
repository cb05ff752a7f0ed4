r"""All spellings of what is asked, made in this one place from its key: ``∂L/∂w₅``, ``\frac{dE}{dw_5}`` and ``dL_total/dw5`` are dL/dw5.

A label is read by the one grammar, with the exercise's vocabulary, which has the symbols of every course; a label that means exactly one
asked quantity *is* that question, whatever stands around it (``**…**``, dollar signs, "Question 3:", "(2 marks)").

>>> from tutor.answer.read.vocabulary import vocabulary
>>> from tutor.exercise.load import load
>>> from tutor.exercise.question import Question
>>> asked = [Question(key, key, targets=(key,)) for key in ("L", "dL/dw5", "w5@1")]
>>> names = AskedNames.make_of_questions(asked, vocabulary(load("neuron/two-two-two")))
>>> [names.find(text) for text in (r"$\frac{\partial L}{\partial w_5}$", "**E_total**", "w_5^{new}", "3) w5 after 1 update", "w6")]
['dL/dw5', 'L', 'w5@1', 'w5@1', '']
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tutor.answer.read.reading import read
from tutor.answer.read.vocabulary import Vocabulary
from tutor.errors import ExpressionError
from tutor.exercise.question import Question
from tutor.expression.keys import After, derivative_key, make_after_key, read_after, read_derivative
from tutor.expression.nodes import Expr, Name, Partial
from tutor.expression.signs import SUPERSCRIPTS
from tutor.expression.spelling import read_whole
from tutor.late_patterns import compile_late

MAX_LABEL = 120
MAX_WORDS = 8
MAX_MEMORY = 20_000
"""So many labels are remembered: in a class they are the same ones again and again."""
_ALSO = ("formula", "chain", "fraction")
"""What the id of a second question about a quantity ends in: dL/dw5.formula."""
_WRAPPERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("**", "**"), ("__", "__"), ("`", "`"), ("*", "*"), ("_", "_"),
             ('"', '"'), ("'", "'"), ("“", "”"), ("„", "“"), ("<", ">"), ("(", ")"), ("[", "]"), ("{", "}"))  # fmt: skip
_OPENING = frozenset(opening[0] for opening, _ in _WRAPPERS)
_BEFORE = compile_late(
    r"(?:(?:question|task|exercise|problem|part|answer|item|quantity|q|no|nr|frage|aufgabe|teil|antwort|größe)\.?\s{0,3}"
    r"(?:[0-9]{1,3}[a-z]?|[a-z])?\s{0,3}[.):,-]{0,2}\s{1,3}(?:to\s|zu\s)?"
    r"|\(?(?:[0-9]{1,3}[a-z]?|[a-z]|[ivx]{1,4})[.)]\s{0,3}|\((?:[0-9]{1,3}|[a-z])\)\s{0,3}|#{1,6}\s{0,3}|[-•‣▪*>]\s{1,3}|&\s?)",
    re.IGNORECASE,
)  # fmt: skip
"""What may stand before a quantity: a number, "Question 3", a bullet."""
_FILLER = compile_late(
    r"(?:the|then|thus|so|hence|and|our|my|we|get|value|result|final|answer|of|for|new|updated?|weight|total|loss|error|output|gradient"
    r"|derivative|solution|to|der|die|das|also|lösung|ergebnis|zu|wert|von|für|und|ist|gewicht"
    r"|ableitung|gradient|fehler|verlust|[:=]|is)\s{1,3}", re.IGNORECASE,
)  # fmt: skip
_TOLD = r"total|overall|loss|error|net|input|output|hidden|layer|neuron|activation|gesamt\w{0,8}|fehler|verlust|ausgabe|eingabe|schicht"
_BEHIND = compile_late(
    rf"\s{{0,3}}(?:[\[(]\s?[0-9./]{{1,5}}\s?(?:marks?|points?|pts?\.?|p\.?|punkte?)\s?[\])]|\((?:rounded|gerundet|number|zahl|result|ergebnis)\)"
    rf"|\((?:the\s)?(?:{_TOLD})(?:\s(?:{_TOLD})){{0,3}}\)"
    r"|[:=?≈,.&]|\\approx)\Z", re.IGNORECASE,
)  # fmt: skip
_KIND = compile_late(
    r"(?:\.|\s{0,3}[(\[]?\s?(?:as\s(?:an?\s)?|als\s)?)(?P<kind>formula|chain|fraction|formel|kette|bruch)\s?[)\]]?\Z", re.IGNORECASE
)
_KINDS = {"formel": "formula", "kette": "chain", "bruch": "fraction"}
_AFTER = compile_late(
    r"(?P<what>.{1,80}?)(?:\s{1,3}(?:after|nach)\s{1,3}|\s?@\s?)(?:update\s|step\s|schritt\s)?"
    r"(?P<k>[0-9]{1,6}|one|two|three|einem|zwei|drei)"
    r"(?:\s{1,3}(?:gradient\s|gd[ -])?(?:updates?|steps?|iterations?|epochs?|schritt(?:en)?))?", re.IGNORECASE,
)  # fmt: skip
_COUNTED = {"one": 1, "two": 2, "three": 3, "einem": 1, "zwei": 2, "drei": 3}
_RAISED = compile_late(r"(?P<what>.{1,80}?)\s?\^?\s?\{?\s?(?:\((?:t\s?=\s?|t\s?\+\s?)?(?P<k>[0-9]{1,3})\)|\[(?P<j>[0-9]{1,3})\])\s?\}?")
_RAISED_COUNT = compile_late(r"⁽([⁰¹²³⁴-⁹]{1,3})⁾")
_WORD_NEW = r"(?:\\(?:text|mathrm|mathit|operatorname)\s?\{\s?)?(?:new|neu|updated?|next|upd)(?:\s?\})?"
_NEW = (
    compile_late(rf"(?P<what>.{{1,80}}?)\s?\^\s?\{{?\s?(?:{_WORD_NEW}|\+|\*|\\ast|t\s?\+\s?1|\(t\s?\+\s?1\))\s?\}}?", re.IGNORECASE),
    compile_late(rf"(?P<what>.{{1,80}}?)\s?(?:_\{{?\s?|,\s?|\(\s?|\s){_WORD_NEW}\s?[)}}]?", re.IGNORECASE),
    compile_late(r"(?P<what>.{1,80}?)\s(?:after|nach)\s(?:the\s|an\s|dem\s)?(?:update|step|schritt|training)", re.IGNORECASE),
    compile_late(r"(?P<what>.{1,80}?)(?:\+|['′⁺]|new|neu|\s?\(t\s?\+\s?1\)|_\{?t\s?\+\s?1\}?)"),
    compile_late(r"(?:new|neue[srn]?|updated?|aktualisierte[srn]?)[\s_]{1,3}(?:weight\s|gewicht\s)?(?P<what>.{1,80})", re.IGNORECASE),
)
"""How an updated weight is called where its number is not said: w5⁺, w_5^{new}, "new w5"."""
_QUOTIENTS = (
    compile_late(r"d[_ ]?(?P<of>[A-Za-z][A-Za-z0-9_]{0,30}?)[_ ]{0,2}(?:by[_ ]|over[_ ])?d[_ ]?(?P<wrt>[A-Za-z][A-Za-z0-9_]{0,30})"),
    compile_late(r"[d∂]\(?(?P<of>[^/()\s]{1,40})\)?\s?/\s?[d∂]\s?\(?(?P<wrt>[^/()\s]{1,40})\)?"),
    compile_late(r"[d∂]\s?/\s?[d∂]\s?(?P<wrt>[^/()\s]{1,40})\s{0,2}\(?\s?(?P<of>[^/()\s]{1,40})\)?"),
    compile_late(r"\\frac\s?\{\s?(?:d|\\partial)\s?\}\s?\{\s?(?:d|\\partial)\s?(?P<wrt>[^{}]{1,40}(?:\{[^{}]{1,20}\})?)\}\s?(?P<of>.{1,40})"),
    compile_late(r"\{?\s?(?:d|\\partial|∂)\s?(?P<of>[^\\]{1,40}?)\s?\\over\s?(?:d|\\partial|∂)\s?(?P<wrt>[^\\]{1,40}?)\s?\}?"),
    compile_late(
        r"(?:the\s)?(?:partial\s)?(?:derivative|gradient|slope|ableitung|gradient)\s(?:of|von|d)\s?(?P<of>\S{1,40})\s"
        r"(?:with respect to|wrt\.?|w\.\s?r\.\s?t\.?|by|in|nach|bezüglich|for)\s(?P<wrt>\S{1,40})", re.IGNORECASE),
)  # fmt: skip
"""A derivative as it is written where no fraction can be: dL_dw5 in Python, "the derivative of L with respect to w5"."""
_GRADIENTS = (
    compile_late(
        r"(?:the\s)?(?:grad|gradient|delta)[\s_(]{1,3}(?:(?:of|for|wrt|w\.r\.t\.|von|nach|bezüglich)\s)?(?P<wrt>[^\s()]{1,40})\)?",
        re.IGNORECASE,
    ),
    compile_late(r"(?P<wrt>[^\s()]{1,40}?)\.grad(?:\.item\(\))?"),
    compile_late(r"(?:∂|\\partial)\s?_\s?\{?\s?(?P<wrt>[^\s{}]{1,40})\s?\}?\s{0,2}(?P<of>[^\s]{0,40})"),
    compile_late(r"(?:∇|\\nabla)\s?_?\s?\{?\s?(?P<wrt>[^\s{}]{1,40})\s?\}?\s{0,2}(?P<of>[^\s]{0,40})"),
)
_LOOSE = compile_late(r"[\W_]+")
_PLAIN = compile_late(r"[A-Za-zÀ-ÿ]{3,}")


def key_of_name(expr: Expr) -> str:
    """The key of a quantity or a derivative; empty for any other formula."""
    if type(expr) is Name:
        return expr.name
    return derivative_key(expr.of, expr.wrt) if type(expr) is Partial else ""


@dataclass(frozen=True, slots=True)
class AskedNames:
    """What is asked, by everything that it may be called.  Made once an exercise and then only read, so that it serves any number of files.

    ``folded`` has the ids and what they ask for as typed, ``owners`` the questions by the key of what they ask for, ``loose`` all these
    without the signs between letters and digits; ``known`` are the vocabularies, of single quantities and of arrays; a gradient without a
    numerator is that of ``loss``.  ``programs`` are the functions that are asked for, by their questions.
    """

    ids: tuple[str, ...]
    folded: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, str] = field(default_factory=dict)
    loose: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    known: tuple[Vocabulary, ...] = ()
    loss: str = ""
    programs: Mapping[str, str] = field(default_factory=dict)
    memory: dict[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def make(cls, ids: Iterable[str], also: Mapping[str, str] | None = None) -> AskedNames:
        """The table of these ids, in the order given; ``also`` has other ways to write them ("w5 after 1" for w5@1)."""
        known = tuple(dict.fromkeys(ids))
        return cls(known, _fold_ids(known, also or {}))

    @classmethod
    def make_of_questions(cls, questions: Sequence[Question], *known: Vocabulary) -> AskedNames:
        """The table of an exercise's questions, with all spellings that its vocabularies know, the first one before the others.

        Where several questions ask for one quantity, the one that asks for its value has the quantity's own name.
        """
        ids = tuple(question.id for question in questions)
        first = sorted(questions, key=lambda question: question.kind in ("chain", "expression", "fraction"))
        owners: dict[str, str] = {}
        for question in first:
            own = question.targets[0] if len(question.targets) == 1 else question.ask
            if own:
                owners.setdefault(own, question.id)
        also = {question.ask: question.id for question in reversed(first) if question.ask} | owners
        loose: dict[str, tuple[str, ...]] = {}
        for text, ident in {**also, **{ident: ident for ident in ids}}.items():
            key = squeeze(text)
            loose[key] = tuple(dict.fromkeys((*loose.get(key, ()), ident)))
        programs = {question.id: question.program.backward for question in questions if question.program is not None}
        return cls(ids, _fold_ids(ids, also), owners, loose, known, _find_commonest(owners), programs)

    def list_as_written(self, text: str) -> tuple[str, ...]:
        """The questions whose id, or what they ask for, a text is as it stands, but for case and blanks."""
        found = self.folded.get(fold(text), ()) if len(text) <= 500 else ()
        if len(found) < 2:
            return found
        trimmed = " ".join(text.split())
        return (trimmed,) if trimmed in found else found

    def find(self, text: str) -> str:
        """The question that a label means, or an empty text."""
        found = self.list_as_written(text)
        if found or len(text) > MAX_LABEL:
            return found[0] if len(found) == 1 else ""
        if text not in self.memory:
            if len(self.memory) >= MAX_MEMORY:
                self.memory.clear()
            self.memory[text] = self._read(text)
        return self.memory[text]

    def is_known(self, word: str) -> bool:
        """Whether a single word is the name of a quantity or of a function."""
        if not self.known:
            return fold(word) in self.folded
        return any(word in known.declared or word in known.functions or read_whole(word) in known.spelled for known in self.known)

    def is_meant(self, text: str) -> bool:
        """Whether a text is the name of any quantity of the exercise, asked or not."""
        return bool(self.known) and len(text) <= MAX_LABEL and any(self._key(bare) for bare in strip_label(text))

    def _read(self, text: str) -> str:
        for bare in strip_label(text):
            found = self.list_as_written(bare)
            if found:
                return found[0] if len(found) == 1 else ""
            kind = _KIND.search(bare)
            if kind is not None:
                own, name = self._find_one(bare[: kind.start()]), kind["kind"].lower()
                wanted = f"{own}.{_KINDS.get(name, name)}" if own else ""
                if wanted in self.ids:
                    return wanted
            if ident := self._find_one(bare):
                return ident
        return ""

    def _find_one(self, text: str) -> str:
        """The question that asks for what a text names."""
        if not text or len(_PLAIN.findall(text)) > MAX_WORDS:
            return ""
        if own := self.owners.get(self._key(text), ""):
            return own
        for key in self._list_other_keys(text):
            if own := self.owners.get(key, ""):
                return own
        fits = self.loose.get(squeeze(text), ()) if "\\" not in text else ()
        return fits[0] if len(fits) == 1 else ""

    def _key(self, text: str) -> str:
        """The key of what a text names, in the one grammar; of what is asked first."""
        first = ""
        for known in self.known if text else ():
            try:
                key = key_of_name(read(text, known))
            except ExpressionError:
                continue
            if key in self.owners:
                return key
            first = first or key
        return first

    def _list_other_keys(self, text: str) -> Iterator[str]:
        """The keys that a text may mean besides: after updates, and derivatives in other words."""
        text = _RAISED_COUNT.sub(lambda match: f"^({match[1].translate(SUPERSCRIPTS)})", text)
        if match := _AFTER.fullmatch(text):
            key = self._strip_key(match["what"])
            count = _COUNTED.get(match["k"].lower()) or int(match["k"]) if match["k"].isdigit() or match["k"].lower() in _COUNTED else 0
            if key and count:
                yield make_after_key(key, count)
            return
        for pattern in _QUOTIENTS:
            if (match := pattern.fullmatch(text)) and (of := self._key(match["of"])) and (wrt := self._key(match["wrt"])):
                yield derivative_key(of, wrt)
        for pattern in _GRADIENTS:
            if match := pattern.fullmatch(text):
                wrt = self._key(match["wrt"])
                of = self._key(match["of"]) if pattern.groups > 1 and match["of"] else ""
                if wrt:
                    yield derivative_key(of or self.loss, wrt)
        if (match := _RAISED.fullmatch(text)) and (key := self._key(match["what"])):
            yield make_after_key(key, int(match["k"] or match["j"]))
        for pattern in _NEW:
            match = pattern.fullmatch(text)
            what = match["what"] + "}" * (match["what"].count("{") - match["what"].count("}")) if match else ""  # w_{5,new}
            if what and (key := self._key(what)):
                updated = [own for own in self.owners if read_after(own) == After(key, read_after(own).updates) and own != key]
                if len(updated) == 1:
                    yield updated[0]

    def _strip_key(self, text: str) -> str:
        return next((key for bare in strip_label(text) if (key := self._key(bare))), "")


def _find_commonest(keys: Iterable[str]) -> str:
    """The quantity whose derivatives are asked for most often."""
    found = [derivative.of for key in keys if (derivative := read_derivative(read_after(key).key))]
    return max(dict.fromkeys(found), key=found.count, default="")


def _fold_ids(ids: Sequence[str], also: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    folded: dict[str, tuple[str, ...]] = {}
    for name in ids:
        folded[fold(name)] = (*folded.get(fold(name), ()), name)
    for written, name in also.items():
        if name in ids:
            folded.setdefault(fold(written), (name,))
    return folded


def fold(text: str) -> str:
    """A label as ids are compared: without regard to case and blanks, and with ``∂`` for ``d``."""
    return " ".join(text.split()).replace("∂", "d").casefold()


def squeeze(text: str) -> str:
    """A label without the signs between its letters and digits: ``Out-H1`` and out_h1 are one; ``/`` and ``@`` count.

    >>> squeeze("∂L / ∂out_h1"), squeeze("w5 after 1")
    ('dl/douth1', 'w5@1')
    """
    text = re.sub(r"\s+(?:after|nach)\s+", "@", text)
    kept = [_LOOSE.sub("", part) for part in re.split(r"([/@])", fold(text))]
    return "".join(part or sign for part, sign in zip(kept, re.split(r"([/@])", fold(text)), strict=True) if part or sign in "/@")


def strip_label(text: str) -> Iterator[str]:
    """A label without what stands around it, first as little as possible is taken off."""
    bare = " ".join(text.split())
    seen: dict[str, None] = {}
    for _ in range(8):
        before = bare
        for opening, closing in _WRAPPERS if bare[:1] in _OPENING else ():
            inside = bare[len(opening) : len(bare) - len(closing)]
            if bare.startswith(opening) and bare.endswith(closing) and inside.strip() and closing not in inside:
                bare = inside.strip()
                break
        if behind := _BEHIND.search(bare):
            bare = bare[: behind.start()].strip()
        bare = bare.strip("`\t ")
        if bare and bare not in seen:
            seen[bare] = None
            yield bare
        if bare == before:
            lead = _BEFORE.match(bare) or _FILLER.match(bare)
            if lead is None or lead.end() >= len(bare):
                return
            bare = bare[lead.end() :].strip()
