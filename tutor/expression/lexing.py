r"""Tokens of a formula with their places: LaTeX, Unicode, indices and superscripts, looked up in a vocabulary.

Nothing is guessed: a command, a character or a name that is not known is refused by name, at its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tutor.errors import ExpressionError, tell
from tutor.expression import elsewhere, index_signs, program_signs, signs
from tutor.expression.caret import refusal, refuse_unknown
from tutor.expression.lexicon import (
    ALSO_QUANTITIES,
    ALWAYS_IN_BRACKETS,
    BEFORE_UPDATE,
    DECLARED,
    NEVER_QUANTITIES,
    OTHER,
    OTHERWISE,
    OWN,
    STARRED,
    Several,
    Vocabulary,
    find_indexed_entry,
    function_word,
)
from tutor.expression.limits import MAX_DEPTH, MAX_DIGITS
from tutor.expression.named_operations import read_named
from tutor.expression.nodes import ONE, Call, Div, Expr, Name, Neg, Number
from tutor.expression.read_number import read_number
from tutor.expression.run_together import list_names_before, list_names_together
from tutor.expression.special_signs import SPECIAL
from tutor.expression.spelling import BASE, CALLED, Spelled, is_name, list_spelled, name_of
from tutor.expression.tokens import EULER, Token
from tutor.expression.unknown_names import refuse_no_quantity
from tutor.text import make_visible


class _Lexer:
    def __init__(self, text: str, start: int, end: int, known: Vocabulary) -> None:
        self.text = text
        self.at, self.end = start, end
        self.known = known
        self.tokens: list[Token] = []
        self.places: list[int] = []
        self.spaced: set[int] = set()
        self.level = 0

    def put(self, kind: str, value: Any, length: int) -> None:
        if len(self.tokens) >= self.known.most:
            raise self.fail(tell("more than {limit:,} names, numbers and signs", limit=self.known.most), tell("write it in several steps"))
        self.tokens.append((kind, value))
        self.places.append(self.at)
        self.at += length
        self.level += (kind in "(1") - (kind == ")")
        if self.level > MAX_DEPTH:
            raise refusal(
                self.text, tell("brackets nested deeper than {limit}", limit=MAX_DEPTH), self.places[-1], tell("write it in several steps")
            )

    def fail(self, what: str, hint: str = "") -> ExpressionError:
        return refusal(self.text, what, self.at, hint)

    def run(self) -> None:
        text, end = self.text, self.end
        literals = self.known.literals
        while self.at < end:
            blank = signs.BLANK.match(text, self.at, end)
            if blank:
                self.at = blank.end()
                self.spaced.add(len(self.tokens))
                continue
            if literals and (match := literals.match(text, self.at, end)):
                self.put("a", self._make_certain(match.group(), self.known.literal[match.group()]), len(match.group()))
                continue
            if (self.known.indexed and self.read_of_arrays()) or (self.known.arrays and self.read_program_sign()):
                continue
            character = text[self.at]
            handle = _BY_CHARACTER.get(character) or (_Lexer.read_other if character.isascii() else _Lexer.read_foreign)
            handle(self)

    def read_of_arrays(self) -> bool:
        """A sum over a letter, a vector of ones, an operation with settings, where formulas over arrays are read."""
        if signs.CONDITIONED.match(self.text, self.at, self.end):
            return False  # 𝟙[Z > 0] is no vector of ones
        token, length = index_signs.read_sliding(self.text, self.at, self.end, self.known.calls)
        if token is None:
            token, length = index_signs.read_sign(self.text, self.at, self.end)
        if token is None and not length and ("delta", "") not in self.known.indexed:
            token, length = index_signs.read_kronecker(self.text, self.at, self.end)
        if token is None and not length and self.known.named:
            token, length = read_named(self.text, self.at, self.end, self.known.named)
        if token is None and length:
            raise self.fail(tell("this sum cannot be read"), tell("write Σ_v, or Σ_{v=1}^{n}"))
        if token is not None:
            self.put(*token, length)
        return token is not None

    def read_program_sign(self) -> bool:
        """An axis along which something is done, axis=0, a slice, X[:, 0:2], or what is given by name, eps=0.1, as programs write them."""
        if self.known.keywords and self.tokens and self.tokens[-1][0] in "(,":
            word, length = program_signs.read_keyword(self.text, self.at, self.end, self.known.keywords)
            if length and word not in self.known.keywords:
                raise self.fail(tell("there is no setting {word}", word=make_visible(word, 30)), tell("such as axis=0, stride=2, eps=0.1"))
            if length:
                self.put("k", word, length)
                return True
        behind = bool(self.tokens) and self.tokens[-1][0] in "a)tmd"
        token, length = program_signs.read_sign(self.text, self.at, self.end, behind=behind)
        if token is None and length:
            raise self.fail(tell("an entry of what has no name"), tell("give it a step of its own, s = …, and write s_2, or s[1:2]"))
        if token is not None:
            self.put(*token, length)
        return token is not None

    def number(self) -> None:
        text, at, end = self.text, self.at, self.end
        indicator = signs.INDICATOR.match(text, at, end) if text[at] == "1" else None
        if indicator:
            return self.put("1", "}" if indicator[1] == "{" else ")", len(indicator.group()))
        if self.known.arrays and text[at] == ".":
            transposed = None if self.known.free else signs.TRANSPOSED.match(text, at, end)
            if transposed or text.startswith(".mT", at):
                return self.put("t", None, len(transposed.group()) if transposed else 3)
            token, length = program_signs.read_point(text, at, end)
            if token is not None:
                return self.put(*token, length)
        if entrywise := signs.ENTRYWISE.match(text, at, end):
            kind, value = signs.CHARACTERS["⊙" if entrywise[1] == "*" and self.known.arrays else entrywise[1]]
            return self.put(kind, value, 2)
        before = self.tokens[-1][0] if self.tokens else "+"
        self.put("a", *read_number(text, at, end, self.known, before))

    def backslash(self) -> None:
        """A LaTeX command: one with a meaning of its own, a symbol, or a sign."""
        for pattern, act in SPECIAL:
            match = pattern.match(self.text, self.at, self.end)
            if match:
                return act(self, match)
        self.symbol()

    def read_foreign(self) -> None:
        """A character outside of ASCII: a letter such as σ or ŷ, or a sign."""
        if BASE.match(self.text, self.at, self.end):
            self.symbol()
        else:
            self.read_other()

    def symbol(self) -> None:
        """A name, a function, or the d of a derivative."""
        text, at = self.text, self.at
        found = list_spelled(text, at, of_arrays=bool(self.known.indexed))
        if not found:
            return self.command() if text[at] == "\\" else self.read_other()
        if text[at] in "iefos" and self._case_word():
            return
        if text[found[0].end : found[0].end + 1] == "." and (module := signs.MODULE.match(text, at, self.end)):
            return self.read_of_module(module)
        if text.startswith("where", at) and self._is_where(found[0]):
            return self.put("w", None, 5)
        if self._is_powered_index(found[0]):
            return None
        usable = [one for one in found if one.end <= self.end]
        for place in range(len(usable) - 1, -1, -1):
            one = usable[place]
            node, level = self._node(one)
            if node is None:
                continue
            if place + 1 < len(usable) and usable[place + 1].key[1] != one.key[1]:  # w is known, w_{7} is not
                if self.known.free:
                    return self.read_free(usable)
                if text[one.end] != "[" or self._is_array(one):
                    raise refuse_no_quantity(text, text[at : usable[place + 1].end], at, self.known, self.tokens)
            if isinstance(node, Name) and level < OTHER and not self._is_call(one, level):
                if node.name in self.known.applied and text.startswith("(", one.end):
                    raise self.fail(tell("{name} is known as it is defined, not at other arguments", name=node.name),
                                    tell("write {name} or {name2} for its value", name=self._head(node.name), name2=node.name))  # fmt: skip
                return self._add_named(one, node)
            if self._function(one, node, level):
                return
            return self._add_named(one, node)
        if self.known.free:
            return self.read_free(usable)
        if any(self._function(one, None, OTHER) for one in reversed(usable)):
            return
        self._derivative_or_unknown(usable)

    def _is_powered_index(self, one: Spelled) -> bool:
        """Whether this is x^2_1, the square of a quantity x_1, where x has no other meaning with this superscript."""
        text = self.text
        match = signs.POWERED_INDEX.match(text, one.end, self.end) if text[one.end : one.end + 3].lstrip()[:1] == "^" else None
        if match is None:
            return False
        whole = list_spelled(text[self.at : one.end] + match["index"], 0)[-1]
        level, node = self.known.spelled.get(whole.key, (OTHER, None))
        power = match["power"] or match["group"]
        if not isinstance(node, Name) or level > OTHER or (*whole.key[:2], power) in self.known.spelled:
            return False
        self.put("a", node, one.end - self.at)
        self.put("^", None, match.start("index") - one.end)
        self.put("a", Number(power), match.end() - match.start("index"))
        return True

    def read_of_module(self, match: re.Match[str]) -> None:
        """``np.exp``, ``torch.sigmoid``, ``F.relu``, ``math.pi``: what is meant by it."""
        word = match["word"]
        func = self.known.functions.get(word) or self.known.functions.get(OTHERWISE.get(word, ""), "")
        if word == "where" and "if_positive" in self.known.functions:
            return self.put("w", None, len(match.group()))
        if word in ("pi", "e"):
            return self.put("a" if word == "pi" else "e", Call("pi", ()) if word == "pi" else EULER, len(match.group()))
        if not func:
            raise self.fail(tell("{match} is not read", match=make_visible(match.group(), 40)),
                            elsewhere.function_hint(word, self.known.functions.values()))  # fmt: skip
        self.put("f", func, len(match.group()))

    def _head(self, name: str) -> str:
        return next((text for text in self.known.literal if text.startswith(f"{name}(")), name)

    def _is_where(self, one: Spelled) -> bool:
        """Whether the word where is the choice: where(c > 0, a, b)."""
        known = self.known
        rest = self.text[one.end : one.end + 8].lstrip()
        return one.word == "where" and rest[:1] == "(" and "where" not in known.declared and "if_positive" in known.functions

    def _is_array(self, one: Spelled) -> bool:
        """Whether a name has entries, so that x[7] is none of them and not 7 times x."""
        base, sub, _ = one.key
        before = f"{sub}," if sub else ""
        return any((base, f"{before}{first}", "") in self.known.spelled for first in ("1", "1,1"))

    def read_free(self, usable: list[Spelled]) -> None:
        """A name where every name is a quantity: a function, e, pi, or the quantity of that name."""
        text, known = self.text, self.known
        one = [one for one in usable if not one.key[2]][-1]
        for place in usable[usable.index(one) :: -1]:
            if self._function(place, None, OTHER):
                return
        name, typed = name_of(text, self.at, one), text[self.at : one.end]
        if not is_name(name):
            raise self.fail(tell("{text} cannot be the name of a quantity", text=make_visible(typed, 30)),
                            tell("write w_1, w_i or out_h1"))  # fmt: skip
        if text[one.end - 1] == "]" and any(int(place) == 0 for place in text[self.at : one.end - 1].rpartition("[")[2].split(",")):
            raise self.fail(tell("{text}: entries are counted from 1", text=make_visible(text[self.at : one.end], 30)),
                            tell("write x[1] for the first; a slice, X[0, :], counts from 0 as in Python"))  # fmt: skip
        self.refuse_letter_place(one, name)
        following = signs.BLANK.sub("", text[one.end : one.end + 24])
        if name == "pi":
            return self.put("a", Call("pi", ()), one.end - self.at)
        if name not in known.declared and (refused := elsewhere.refuse_word(name)):
            raise self.fail(*refused)
        if name == "e" and (following.startswith(("^", "**")) or signs.SUPER.match(following)):
            return self.put("e", EULER, one.end - self.at)
        if signs.LAYER_NUMBER.match(text, one.end):
            raise refusal(text, tell("a number in brackets above may count layers or be a power"), one.end,
                          tell("write {name}_1, or {name}^1", name=name))  # fmt: skip
        if signs.SETTINGS.match(text, one.end):  # maxpool[2](x) is shown so, and is no product
            what = tell("there is no function {name} with settings in brackets", name=make_visible(name, 40))
            raise self.fail(what, elsewhere.function_hint(name, known.functions.values()))
        if following.startswith(("(", "\\left(")) and name not in known.declared and not elsewhere.is_alone_elsewhere(text, typed):
            what = tell("there is no function {name}", name=make_visible(name, 40))
            raise self.fail(what, elsewhere.function_hint(name, known.functions.values()))
        self.put("a", known.declared.get(name) or Name(name), one.end - self.at)

    def refuse_letter_place(self, one: Spelled, name: str) -> None:
        if refused := elsewhere.refuse_letter_place(self.text, self.at, one.end, name):
            raise self.fail(*refused)

    def _add_named(self, one: Spelled, node: Expr | Several) -> None:
        if self.known.indexed and isinstance(node, Name) and self.text[one.end : one.end + 1] in ("[", "("):
            inside = index_signs.read_index_inside(self.text, one.end, self.known.axes(node))
            if inside is not None:
                return self.put("a", Call("at", (node, *inside[0])), one.end - self.at + inside[1])
        if self.known.free and type(node) is Name:
            self.refuse_letter_place(one, node.name)
        self.put("a", self._make_certain(self.text[self.at : one.end], node), one.end - self.at)

    def _node(self, one: Spelled) -> tuple[Expr | Several | None, int]:
        """What a spelling stands for, and how good the reason is; a name as declared before all else."""
        if one.word and self.at + len(one.word) == one.end:
            declared = self.known.declared.get(one.word)
            if declared is not None:
                return declared, DECLARED
            if self.known.free and one.word.isascii():  # w1 is a quantity of its own beside w_1
                return None, OTHER
        level, node = self.known.spelled.get(one.key, (OTHER, None))
        if node is None and self.known.indexed:
            level, node = DECLARED, find_indexed_entry(one.key, self.known, one.word)
        if node is None:
            return None, OTHER
        if (
            one.key[2]
            and one.word in self.known.declared
            and not (self.known.indexed and level <= OWN)
            and not isinstance(node, Several)
            and one.key[2].strip("()").isdigit()
            and one.key[2] not in BEFORE_UPDATE
        ):
            return None, OTHER  # x1^2 is a power of x1
        return node, level

    def _is_call(self, one: Spelled, level: int) -> bool:
        """Whether a name of a quantity is followed by a bracket and is a function that the exercise applies."""
        func = elsewhere.find_called(one, self.at, self.known.functions)
        if not func or func not in self.known.calls:
            return False
        following = self.text[one.end : one.end + 6]
        return following.startswith(("(", "\\left(", "'", "′"))

    def _function(self, one: Spelled, node: Expr | Several | None, level: int) -> bool:
        func = elsewhere.find_called(one, self.at, self.known.functions)
        if not func:
            return False
        end = self._skip_power(one.end) if self.known.free and node is None else one.end
        rest = self.text[end : end + 24].lstrip()
        called = rest.startswith(("(", "[", "{", "\\left", "\\big", "'", "′", "\\Big")) or bool(signs.PRIME.match(rest))
        if node is not None and not called:
            return False
        if not called and not self._is_missing_argument(one):
            return False
        if not called and function_word(one.key) in ALWAYS_IN_BRACKETS:
            raise self.fail(tell("the function {func} needs its argument in brackets", func=func),
                            tell("write {func}(x), or the name of its value", func=func))  # fmt: skip
        self.put("f", func, one.end - self.at)
        return True

    def _is_missing_argument(self, one: Spelled) -> bool:
        """Whether a function stands there without its bracket; Sin is none that one knows, and sigma may be a quantity."""
        word = function_word(one.key)
        if not self.known.free:
            return word in self.known.functions
        command = self.text[self.at + 1 : one.end] if self.text[self.at] == "\\" else ""
        if command in CALLED:
            return word in self.known.functions
        if self.known.functions.get(word) is None or word in ALSO_QUANTITIES:
            return False
        return word in NEVER_QUANTITIES or signs.OPERAND.match(self.text, self._skip_power(one.end)) is not None

    def _skip_power(self, at: int) -> int:
        """Where a power ends that stands between a function and its argument: sin^2 x, cos⁻¹(x), tanh^{2}(x)."""
        power = signs.POWER.match(self.text, at, self.end)
        return power.end() if power else at

    def _case_word(self) -> bool:
        match = signs.WORDS_OF_CASES.match(self.text, self.at, self.end)
        if match is None:
            return False
        word = match[1] or match.group()
        if match[1] is None and word in self.known.declared:
            return False
        self.put("l" if word in signs.ELSE else "i", None, len(match.group()))
        return True

    def _make_certain(self, text: str, node: Expr | Several) -> Expr:
        if isinstance(node, Several):
            shown = " or ".join(node.names[:4])
            raise self.fail(
                tell("{text} may be {shown}", text=make_visible(text), shown=shown),
                tell("write {names}", names=node.names[0]) if "power" not in shown else tell("put brackets: (x)^2"),
            )
        return node

    def _derivative_or_unknown(self, found: list[Spelled]) -> None:
        text, at = self.text, self.at
        word = found[0].word
        if text[at] == "d" and at + 1 < self.end:
            if (wrt := self._find_quantity(at + 1)) or word == "d":
                return self.put("d", wrt[0], wrt[1] - at) if wrt else self.put("p", None, 1)
            below = [kind for kind, _ in self.tokens[-2:]] == ["d", "/"]
            if len(word) > 1 and (below or text[found[0].end : found[0].end + 2].lstrip()[:1] == "/"):
                raise refuse_no_quantity(text, word[1:], at + 1, self.known, self.tokens)
        if word == "e" and "e" not in self.known.declared:
            return self.put("e", EULER, 1)
        if word == "pi" or text.startswith("\\pi", at) or word == "π":
            return self.put("a", Call("pi", ()), found[0].end - at)
        if text.startswith("^", found[0].end) and len(found) > 1 and found[-1].key[2]:
            found = [one for one in found if not one.key[2]] or found
        last, typed = found[-1], text[at : found[-1].end]
        together = list_names_together(typed, self.known.declared)
        if typed != last.word:  # the last of them has scripts: cw_{out}
            together = list_names_before(word, self.known.declared, lambda k: (self._find_quantity(at + k) or ("", 0))[1] > found[0].end)
        if text[last.end : last.end + 1] == "(" and not last.key[1] and not together:
            raise self.fail(
                tell("there is no function {name}", name=make_visible(typed)),
                elsewhere.function_hint(typed[:40], self.known.functions.values()) or tell("write sigmoid(z), tanh(z), exp(x)"),
            )
        for name in together:
            self.put("a", self.known.declared[name], len(name))  # wx where w and x are quantities, and wx is none
        if self.at > at:
            return None
        raise refuse_no_quantity(text, typed, at, self.known, self.tokens)

    def _find_quantity(self, at: int) -> tuple[Expr, int] | None:
        """The longest quantity that begins at a place, with its end."""
        ways = [(self._node_at(one, at)[0], one.end) for one in list_spelled(self.text, at, of_arrays=bool(self.known.indexed))]
        fits = [(node, stop) for node, stop in ways if isinstance(node, Name | Call) and stop <= self.end]
        return fits[-1] if fits else None

    def _node_at(self, one: Spelled, at: int) -> tuple[Expr | Several | None, int]:
        here, self.at = self.at, at
        try:
            return self._node(one)
        finally:
            self.at = here

    def command(self) -> None:
        """A LaTeX command that is no symbol."""
        text, at, end = self.text, self.at, self.end
        match = signs.COMMAND.match(text, at, end)
        word = match.group()[1:] if match else ""
        if word not in signs.COMMANDS:
            raise self.fail(
                tell("the LaTeX command \\{word} is not read", word=make_visible(word, 20)),
                tell("{known} are; write functions as sigmoid(z)", known=signs.KNOWN_COMMANDS),
            )
        token = signs.COMMANDS[word]
        if token is not None and token[0] == "@" and not self.known.arrays:
            raise self.refuse_matrix_sign("\\" + word)
        if word == "sqrt" and text[at + 5 : at + 6] == "[":
            raise self.fail(tell("a root with an index is not read"), tell("write x^(1/3)"))
        if word in ("left", "right") and text[at + len(word) + 1 : at + len(word) + 2] == ".":
            self.at += len(word) + 2  # a bracket that is not seen
            return
        if token is None:
            self.at += len(word) + 1
        else:
            self.put(*token, len(word) + 1)

    def refuse_matrix_sign(self, sign: str) -> ExpressionError:
        return self.fail(tell("{sign!r} is for matrices, and here are none", sign=sign), tell("give the quantities [shapes]"))

    def read_other(self) -> None:
        """A single character."""
        text, at = self.text, self.at
        character = text[at]
        match = signs.SUPER.match(text, at, self.end)
        if match:
            digits = match.group().translate(signs.SUPERSCRIPTS).replace("⁺", "")
            if len(digits) > MAX_DIGITS:
                raise self.fail(tell("a number over the limit of {limit} digits", limit=MAX_DIGITS), tell("round it"))
            return self.put("s", Neg(Number(digits[1:])) if digits[0] == "-" else Number(digits), len(match.group()))
        if character == "^" and (prime := signs.PRIME.match(text, at, self.end)):
            return self.put("'", None, len(prime.group()))
        if character in signs.HALVES:
            over, under = signs.HALVES[character]
            return self.put("a", Div(Number(over), Number(under)), 1)
        if indicator := signs.INDICATOR.match(text, at, self.end):
            return self.put("1", "}" if indicator[1] == "{" else ")", len(indicator.group()))
        if indicated := signs.INDICATED.match(text, at, self.end):
            return self.put("a", ONE, len(indicated.group()))
        transposed = signs.TRANSPOSED.match(text, at, self.end) if self.known.arrays and character in "^*." else None
        if transposed and (self.known.free or "T" not in transposed.group() or "T" not in {*self.known.declared} - self.known.sizes):
            return self.put("t", None, len(transposed.group()))
        if character == "*" and text.startswith("**", at):
            return self.put("^", None, 2)
        if text.startswith((">=", "<="), at):
            return self.put(character, "=", 2)
        if text.startswith(("==", "!="), at):
            raise self.fail(tell("{text} is no condition that is read", text=text[at : at + 2]), tell("write z > 0 or z >= 0"))
        token = signs.CHARACTERS.get(character)
        if token is not None and token[0] in "@t" and not self.known.arrays:
            raise self.refuse_matrix_sign(character)
        if token is None:
            if character in f"_{index_signs.LOWERED}" and self.known.indexed and self.tokens and self.tokens[-1][0] in ")t":
                token, length = index_signs.read_index_below(text, at, self.end)
                if token is not None:
                    return self.put(*token, length)
            if character == "_":
                if refused := elsewhere.refuse_base(text, at):
                    raise self.fail(*refused)
                raise self.fail(tell("an index without a name in front of it"), tell("write w_1, out_h1 or w_{11}"))
            raise refuse_unknown(text, at, self.known.hints)
        if character == "*" and self.known.stars:
            return self.put("*", STARRED, 1)
        if character in "'′" and text[at + 1 : at + 2] in ("'", "′") and text[at + 1]:
            raise self.fail(tell("a second derivative of a function"), tell("write it out"))
        self.put(*token, 1)


_BY_CHARACTER: dict[str, Callable[[_Lexer], None]] = {
    **dict.fromkeys("0123456789.", _Lexer.number),
    **{chr(code): _Lexer.symbol for code in (*range(ord("a"), ord("z") + 1), *range(ord("A"), ord("Z") + 1))},
    "\\": _Lexer.backslash,
}


def lex(text: str, start: int, end: int, known: Vocabulary) -> tuple[list[Token], list[int], frozenset[int]]:
    """The tokens of ``text[start:end]`` with ``("$", None)`` at the end, where each stands, and which have blanks before them.

    Raises `ExpressionError` for what is not known.
    """
    lexer = _Lexer(text, start, end, known)
    lexer.run()
    lexer.tokens.append(("$", None))
    lexer.places.append(end)
    return lexer.tokens, lexer.places, frozenset(lexer.spaced)
