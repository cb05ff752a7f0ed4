"""Reads MathML as somebody does who knows nothing of how we write it: its elements, its LaTeX, its value.

Nothing here imports from `tutor`.
"""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from fractions import Fraction
from typing import Any

CORE = {
    "math", "semantics", "annotation", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup",
    "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mpadded",
}  # fmt: skip
"""The elements of MathML Core that a formula may have."""
CHILDREN = {"mfrac": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3, "semantics": 2}
ATTRIBUTES = {
    "math": {"display", "displaystyle"}, "annotation": {"encoding"}, "mi": {"mathvariant"}, "mover": {"accent"}, "mtable": {"class"},
    "mo": {"class", "form", "stretchy", "lspace", "rspace", "minsize", "maxsize", "movablelimits", "largeop"}, "mspace": {"width"},
}  # fmt: skip
TIMES, APPLY = "\u2062", "\u2061"
_LETTERS = {"∂": "partial", "⊤": "top", "⋯": "cdots", "⋮": "vdots", "…": "dots", "ℓ": "ell", "ε": "varepsilon", "ϵ": "epsilon", "ϕ": "phi",
            "φ": "varphi", "ϑ": "vartheta", "ς": "varsigma", "ϱ": "varrho", "ϖ": "varpi", "∞": "infty"}  # fmt: skip
_SIGNS = {"←": "\\leftarrow", "≈": "\\approx", "−": "-", "⋅": "\\cdot", "×": "\\times", "⊙": "\\odot", "⋆": "\\star", "∗": "\\ast",
          "∑": "\\sum", TIMES: "", APPLY: "",
          "∏": "\\prod", "∫": "\\int", "≤": "\\le", "≥": "\\ge", "≠": "\\ne", "→": "\\to", "∈": "\\in", "∘": "∘", "‖": "‖"}  # fmt: skip
_SIDES = {"vert": "|", "Vert": "‖"}
_ACCENTS = {"^": "\\hat", "~": "\\tilde", "¯": "\\bar", "˙": "\\dot", "→": "\\vec"}


def find_faults(written: str) -> list[str]:
    """What is wrong with a formula, by the rules of MathML Core; raises where it is no XML."""
    found = []
    for element in ET.fromstring(f"<all>{written}</all>").iter():
        if element.tag == "all":
            continue
        if element.tag not in CORE:
            found.append(f"{element.tag} is no element")
        if extra := set(element.attrib) - ATTRIBUTES.get(element.tag, set()):
            found.append(f"{element.tag} has {sorted(extra)}")
        if element.get("mathvariant", "normal") != "normal":
            found.append(f"mathvariant {element.get('mathvariant')}")
        if len(element) != CHILDREN.get(element.tag, len(element)):
            found.append(f"{element.tag} has {len(element)} parts")
        if element.tag in ("mi", "mn", "mo", "mtext", "annotation") and len(element):
            found.append(f"{element.tag} has elements")
        if element.tag not in ("mi", "mn", "mo", "mtext", "annotation") and (element.text or "").strip():
            found.append(f"{element.tag} has words")
        if (element.tail or "").strip():
            found.append(f"words behind {element.tag}")
    return found


def normalise(latex: str) -> str:
    """LaTeX without what only looks: spaces, sizes of brackets, faces; letters in their plain form."""
    bare = re.sub(r"\\(?:left|right|[bB]igg?[lr])(?![A-Za-z])|\\[,;]|\\[lr][vV]ert", lambda m: _SIDES.get(m[0][2:], ""), latex)
    bare = re.sub(r"\\(?:mathbf|boldsymbol|mathit|mathrm|mathcal|operatorname|text)(?![A-Za-z])", "", bare)
    bare = bare.replace("\\_", "LOW").replace("\\ldots", "\\dots").replace("\\", "")
    return re.sub(r"[\s{}]", "", unicodedata.normalize("NFKC", bare)).replace("LOW", "_")


def _spell(letter: str) -> str:
    """A letter as LaTeX calls it, without the backslash, whatever its face."""
    if letter in _LETTERS:
        return _LETTERS[letter]
    plain = unicodedata.normalize("NFKC", letter)
    name = unicodedata.name(plain[0], "")
    if not name.startswith(("GREEK", "NABLA")):
        return plain
    small = name.split()[-1].lower().replace("lamda", "lambda")
    return small.capitalize() if "CAPITAL" in name else _LETTERS.get(plain, small)


def write_latex(element: ET.Element) -> str:
    """A formula as LaTeX, element by element."""
    tag, parts = element.tag, list(element)
    if tag in ("mi", "mn", "mtext"):
        return "".join(map(_spell, element.text or "")) + " "
    if tag == "mo":
        sign = element.text or ""
        return _SIGNS.get(sign, "'" * len(sign) if set(sign) == {"′"} else sign if sign.isascii() else "\\" + unicodedata.name(sign)) + " "
    if tag == "mspace":
        return ""
    inner = [write_latex(part) for part in parts if part.tag != "annotation"]
    if tag == "mfrac":
        return f"\\frac{{{inner[0]}}}{{{inner[1]}}}"
    if tag == "msqrt":
        return f"\\sqrt{{{''.join(inner)}}}"
    if tag == "mover" and element.get("accent"):
        return f"{_ACCENTS[parts[1].text or '']}{{{inner[0]}}}"
    if tag == "munder" and parts[0].tag != "mo":
        return f"\\underset{{{inner[1]}}}{{{inner[0]}}}"
    if tag in ("msub", "munder"):
        return f"{inner[0]}_{{{inner[1]}}}"
    if tag in ("msup", "mover"):
        return f"{inner[0]}{inner[1]}" if set(inner[1].strip()) == {"'"} else f"{inner[0]}^{{{inner[1]}}}"
    if tag in ("msubsup", "munderover"):
        return f"{inner[0]}_{{{inner[1]}}}" + (inner[2] if set(inner[2].strip()) == {"'"} else f"^{{{inner[2]}}}")
    if tag == "mtable":
        kind = "cases" if element.get("class") == "cases" else "bmatrix"
        return f"\\begin{{{kind}}}" + "\\\\".join("&".join(map(write_latex, row)) for row in parts) + f"\\end{{{kind}}}"
    joined = "".join(inner)
    if tag == "mrow" and any(part.tag == "mtable" for part in parts):  # its brackets belong to the table
        return next(text for part, text in zip(parts, inner, strict=True) if part.tag == "mtable")
    return joined


def read_value(element: ET.Element, environment: dict[str, Any]) -> Fraction:
    """The value of a formula in which each letter is a quantity: translated element by element, touching factors need their sign."""
    return Fraction(eval(_write_python(element), environment))


def _write_python(element: ET.Element) -> str:
    tag, parts = element.tag, [part for part in element if part.tag != "annotation"]
    text = unicodedata.normalize("NFKC", element.text or "")
    if tag == "mn":
        return f"F('{text}')" if text != "1" or "𝟏" not in (element.text or "") else "ind"
    if tag == "mi":
        return text
    if tag == "mo":
        return {"−": "-", "⋅": "*", "×": "*", TIMES: "*", APPLY: ""}.get(element.text or "", text)
    if tag == "mfrac":
        rows = ["".join(part.itertext()) for part in parts]
        if all(row.startswith("∂") for row in rows):
            return f"P('{rows[0][1]}','{rows[1][1]}')"
        return "(({})/({}))".format(*map(_write_python, parts))
    if tag == "msqrt":
        return f"sqrt({''.join(map(_write_python, parts))})"
    if tag == "msub":
        return "{}({})".format(*map(_write_python, parts))
    if tag == "msup":
        return "{}**({})".format(*map(_write_python, parts))
    if tag == "mrow" and parts and parts[0].text == "|":
        return f"abs({''.join(map(_write_python, parts[1:-1]))})"
    if tag == "mrow" and parts and parts[0].text != "(":
        return f"({''.join(map(_write_python, parts))})" if len(parts) > 1 else "".join(map(_write_python, parts))
    return "".join(map(_write_python, parts))
