"""Makes the font of our HTML pages, `tutor/render/fonts/tutor-maths.woff2`, from Latin Modern Math.

Run by hand when a sign is to be added; nobody needs it to build or to run tutor:

    apt-get install fonts-lmodern && pip install fonttools brotli
    python docs/make_maths_font.py /usr/share/texmf/fonts/opentype/public/lm-math/latinmodern-math.otf

Kept are the letters and signs that `tutor.render.mathml` can write, the larger forms of brackets and signs, and the MATH table, which
browsers set formulas by; the letters made for indices are not, which Chromium does not use.  The licence of the fonts asks that a changed
font has another name.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "tutor" / "render" / "fonts" / "tutor-maths.woff2"
NAME = "Tutor Maths"
TEX_DROP = 50
"""How deep an index stands below a word, as in Computer Modern; by the 200 of Latin Modern Math target_o1 is uneven."""
SIGNS = (
    "·×÷±¬°½¼¾…′″‴‖‘’“”–—•√∂∇∑∏∫∞∈∉⊙∘∗⊗⊕∝≡≈≠≤≥≪≫∼∥⟨⟩⌊⌋⌈⌉∧∨⊤⊥∀∃⋅⋆⋮⋯⋱−→←↔↑↓⇒⇐⟶⟵⟹↦ℓℒℰℱℋℬℛℐℳℎ∅∪∩⊂⊆√"
    "\u0302\u0303\u0304\u0307\u0308\u20d7^~¯˙¨ˆ˜\u2061\u2062\u2063\u2064\u00a0\u2009\u202f"
)
RANGES = (
    (0x20, 0x7E),
    (0x391, 0x3C9), (0x3D1, 0x3D1), (0x3D5, 0x3D6), (0x3F0, 0x3F1), (0x3F4, 0x3F5),
    (0x1D400, 0x1D467),  # bold, italic
    (0x1D49C, 0x1D4B5),  # script capitals
    (0x1D6A4, 0x1D6A5),  # without dots
    (0x1D6E2, 0x1D755),  # Greek: italic, bold italic
    (0x1D7CE, 0x1D7D7),  # bold digits
)  # fmt: skip


WIDEST = {"parenleft": 700, "parenright": 700, "bracketleft": 470, "bracketright": 470}
"""Chromium gives every bracket that grows the width of its widest form, 0.875 em for a small round one; the empty side of those is cut."""


def cut_brackets(font: TTFont) -> None:
    """Move the large forms of brackets to the side where the formula is not, and make them narrower by as much."""
    glyphs, drawn, widths = font.getGlyphSet(), font["CFF "].cff.topDictIndex[0].CharStrings, font["hmtx"]
    variants = font["MATH"].table.MathVariants
    for name, forms in zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True):
        parts = [part.glyph for part in forms.GlyphAssembly.PartRecords] if forms.GlyphAssembly else []
        for form in dict.fromkeys([record.VariantGlyph for record in forms.MathGlyphVariantRecord] + parts):
            surplus = widths[form][0] - WIDEST.get(name, widths[form][0])
            if surplus <= 0:
                continue
            shift = -surplus if name.endswith("left") else 0
            pen = T2CharStringPen(widths[form][0] - surplus, glyphs)
            glyphs[form].draw(TransformPen(pen, (1, 0, 0, 1, shift, 0)))
            old = drawn[form]
            drawn[form] = pen.getCharString(old.private, old.globalSubrs)
            widths[form] = (widths[form][0] - surplus, widths[form][1] + shift)


def raise_primes(font: TTFont) -> None:
    """Primes are drawn as they are when raised, since Chromium does not ask a font for its signs for indices (ssty)."""
    found = [table for lookup in font["GSUB"].table.LookupList.Lookup for table in lookup.SubTable if lookup.LookupType == 3]
    forms = next(table.alternates for table in found if "minute" in table.alternates)
    for table in font["cmap"].tables:
        for code in (0x2032, 0x2033, 0x2034):
            if table.cmap.get(code) in forms:
                table.cmap[code] = forms[table.cmap[code]][0]


def make_font(source: Path, target: Path = TARGET) -> int:
    """Write the part of a font that pages need; gives its size in bytes."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = []
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["FFTM"]
    font: TTFont = subset.load_font(str(source), options)
    raise_primes(font)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=[*map(ord, SIGNS), *(code for first, last in RANGES for code in range(first, last + 1))])
    chosen.subset(font)
    cut_brackets(font)
    font["MATH"].table.MathConstants.SubscriptBaselineDropMin.Value = TEX_DROP
    for record in font["name"].names:
        if record.nameID in (1, 4, 6):
            record.string = NAME.replace(" ", "") if record.nameID == 6 else NAME
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [NAME.replace(" ", "")]
        cff.topDictIndex[0].FullName = cff.topDictIndex[0].FamilyName = NAME
    font["head"].modified = font["head"].created  # same input, same bytes
    font.recalcTimestamp = False
    subset.save_font(font, str(target), options)
    return target.stat().st_size


if __name__ == "__main__":
    print(f"{TARGET.name}: {make_font(Path(sys.argv[1])):,} bytes")
