r"""Plain words as LaTeX text: ASCII only, nothing left that TeX would act on.

>>> escape("50 % of x_1 → δ")
'50 \\% of x\\_1 \\ensuremath{\\rightarrow} \\ensuremath{\\delta}'
>>> escape("\\input{a}")
'\\ensuremath{\\backslash}input\\ensuremath{\\{}a\\ensuremath{\\}}'
"""

from __future__ import annotations

import re
import unicodedata

from tutor.text import code_point, drop_controls, fit_one_line

_LOWER_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "ς": "varsigma",
    "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi", "ψ": "psi", "ω": "omega", "ϵ": "epsilon",
    "ϑ": "vartheta", "ϕ": "phi", "µ": "mu",
}  # fmt: skip
_UPPER_GREEK = {
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma", "Υ": "Upsilon",
    "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
_LATIN = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧ", "ABEZHIKMNOPTX", strict=True))
"""Greek capitals that look like Latin ones, so that TeX has no letters for them."""
_SIGNS = {
    "−": "-", "·": "\\cdot", "×": "\\times", "÷": "\\div", "±": "\\pm", "→": "\\rightarrow", "←": "\\leftarrow",
    "↔": "\\leftrightarrow", "↑": "\\uparrow", "↓": "\\downarrow", "⇒": "\\Rightarrow", "⇐": "\\Leftarrow",
    "↦": "\\mapsto", "≈": "\\approx", "≠": "\\neq", "≤": "\\leq", "≥": "\\geq", "∂": "\\partial", "∇": "\\nabla",
    "∑": "\\sum", "∏": "\\prod", "√": "\\surd", "∞": "\\infty", "∈": "\\in", "∉": "\\notin", "⊙": "\\odot",
    "∘": "\\circ", "°": "^{\\circ}", "′": "'", "″": "''", "∗": "\\ast", "⊗": "\\otimes", "⊕": "\\oplus",
    "∝": "\\propto", "≡": "\\equiv", "«": "\\ll", "»": "\\gg", "<": "<", ">": ">", "∥": "\\|", "ℓ": "\\ell",
    "⋮": "\\vdots", "⋯": "\\cdots", "⟨": "\\langle", "⟩": "\\rangle", "⌊": "\\lfloor", "⌋": "\\rfloor",
    "∧": "\\wedge", "∨": "\\vee", "¬": "\\neg", "ᵀ": "^{T}", "ⁿ": "^{n}", "⁺": "^{+}", "⁻": "^{-}", "✓": "\\surd",
    "½": "\\tfrac{1}{2}", "¼": "\\tfrac{1}{4}", "¾": "\\tfrac{3}{4}", "≪": "\\ll", "≫": "\\gg", "∼": "\\sim",
    "⟶": "\\longrightarrow", "⟵": "\\longleftarrow", "⟹": "\\Longrightarrow", "ᴸ": "^{L}",
    "ℒ": "\\mathcal{L}", "𝓛": "\\mathcal{L}", "∫": "\\int", "‖": "\\|", "⊤": "\\top", "∀": "\\forall", "∃": "\\exists", "⋅": "\\cdot",
}  # fmt: skip
MATHS: dict[str, str] = {
    **{letter: "\\" + name for letter, name in (_LOWER_GREEK | _UPPER_GREEK).items()},
    **{letter: f"\\mathrm{{{latin}}}" for letter, latin in _LATIN.items()},
    **_SIGNS,
    **{digit: f"^{{{value}}}" for value, digit in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{digit: f"_{{{value}}}" for value, digit in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}
"""Characters that are maths, with their LaTeX inside maths."""

TEXT = {
    "\\": "\\ensuremath{\\backslash}", "{": "\\ensuremath{\\{}", "}": "\\ensuremath{\\}}", "$": "\\ensuremath{\\$}",
    "&": "\\&", "#": "\\#", "%": "\\%", "_": "\\_", "^": "\\textasciicircum{}", "~": "\\ensuremath{\\sim}",
    "|": "\\ensuremath{|}", '"': "''", "`": "{}`", "-": "-",
    "–": "--", "—": "---", "‐": "-", "‑": "-", "…": "\\ldots{}", "„": ",,", "“": "{}``", "”": "''", "‘": "{}`",
    "’": "'", "‚": ",", "ß": "\\ss{}", "ø": "\\o{}", "Ø": "\\O{}", "å": "\\aa{}", "Å": "\\AA{}", "æ": "\\ae{}",
    "Æ": "\\AE{}", "œ": "\\oe{}", "Œ": "\\OE{}", "ł": "\\l{}", "Ł": "\\L{}", "ı": "\\i{}", "§": "\\ensuremath{\\S}",
    "©": "(c)", "•": "\\ensuremath{\\bullet}", "\u00a0": "~", "\u2009": "\\,", "\u202f": "\\,",
}  # fmt: skip
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0308": '"', "\u030a": "r", "\u030c": "v",
    "\u0327": "c", "\u0304": "=", "\u0306": "u", "\u0307": ".", "\u030b": "H", "\u0323": "d",
}  # fmt: skip
_RAISED = "".join(character for character, latex in MATHS.items() if latex.startswith("^{"))
_CLUSTER = re.compile(f"[A-Za-z][{''.join(_ACCENTS)}]|[{_RAISED}]+|.", re.DOTALL)
"""A letter with a mark above or below it that is no character of its own, an exponent, or any character."""
_BREAK = "\\penalty5000{}"  # only where the word would run off the page
_LONG_WORD, _LONG_PART = 14, 7
"""A line may break after so many characters without a blank, and again after so many: no word runs off the page."""


def _write_accented(character: str) -> str | None:
    parts = unicodedata.normalize("NFD", character)
    if len(parts) < 2 or not (parts[0].isascii() and parts[0].isalpha()):
        return None
    letter = parts[0]
    for mark in parts[1:]:
        if mark not in _ACCENTS:
            return None
        accent = _ACCENTS[mark]
        dotless = accent not in "cd" and letter in ("i", "j")
        letter = f"\\{accent}{{{chr(92) + letter if dotless else letter}}}"
    return letter


def _convert(character: str) -> str:
    if len(character) > 1 and character[0] in _RAISED:  # an exponent is set as one: 10⁻⁵⁰
        return f"\\ensuremath{{^{{{''.join(MATHS[one][2:-1] for one in character)}}}}}"
    if character in MATHS:
        return f"\\ensuremath{{{MATHS[character]}}}"
    known = TEXT.get(character) or _write_accented(character)
    if known is not None:
        return known
    return character if character.isascii() else code_point(character)


def escape(words: str) -> str:
    r"""The words as LaTeX text, safe inside any argument: ``a_b`` becomes ``a\_b``, ``é`` becomes ``\'{e}``.

    An unknown character is shown as ``[U+1F600]``; very long words may be broken.

    >>> escape("w\u0303 = \u0395"), escape("10\u207b\u00b3")
    ('\\~{w} = \\ensuremath{\\mathrm{E}}', '10\\ensuremath{^{-3}}')
    """
    parts: list[str] = []
    run = 0
    before = ""
    for character in _CLUSTER.findall(unicodedata.normalize("NFC", drop_controls(words))):
        latex = _convert(character)
        weight = len(latex) if latex.startswith("[U+") else 1
        run = 0 if character == " " else run + weight
        if run > _LONG_WORD:
            parts.append(_BREAK)
            run = _LONG_WORD - _LONG_PART + weight
        if character == before and character in "-`',":  # no ligatures: two hyphens stay two hyphens
            parts.append("{}")
        parts.append(latex)
        before = character
    return "".join(parts)


def escape_label(words: str) -> str:
    r"""The words of a label in a picture, which has little room: never broken, and a letter that LaTeX lacks is its ASCII form or ``?``.

    >>> escape_label("50% σ \\input 漢")
    '50\\% \\ensuremath{\\sigma} \\ensuremath{\\backslash}input ?'
    """
    parts: list[str] = []
    plain = unicodedata.normalize("NFC", fit_one_line(words)).replace("⋮", "…")  # upright dots are too high for a box
    for character in _CLUSTER.findall(plain):
        latex = _convert(character)
        if latex.startswith("[U+"):
            base = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
            latex = "".join(map(_convert, base)) or "?"
        if parts and latex == parts[-1] and character in "-`',":
            parts.append("{}")
        parts.append(latex)
    return "".join(parts)


def ascii_maths(latex: str) -> str:
    r"""LaTeX of a symbol, with commands for what is not ASCII: ``σ_{1}`` becomes ``\sigma _{1}``."""
    if latex.isascii():
        return latex
    parts: list[str] = []
    for character in drop_controls(latex):
        if character.isascii():
            parts.append(character)
        elif character in MATHS:
            parts.append(MATHS[character] + " ")
        else:
            parts.append("\\text{" + _convert(character) + "}")
    return "".join(parts)
