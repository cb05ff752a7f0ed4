"""Makes the font of our HTML pages, `tutor/render/fonts/tutor-maths.woff2`, from Latin Modern Math.

Run by hand when a sign is to be added; nobody needs it to build or to run tutor:

    apt-get install fonts-lmodern && pip install fonttools brotli
    python docs/make_maths_font.py /usr/share/texmf/fonts/opentype/public/lm-math/latinmodern-math.otf

Kept are the letters and signs that `tutor.render.mathml` can write, the larger forms of brackets and signs, the letters made for indices
(ssty) and the MATH table, which browsers set formulas by.  The licence of the fonts asks that a changed font has another name.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).parents[1] / "tutor" / "render" / "fonts" / "tutor-maths.woff2"
NAME = "Tutor Maths"
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


def make_font(source: Path, target: Path = TARGET) -> int:
    """Write the part of a font that pages need; gives its size in bytes."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["ssty", "dtls", "flac"]
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["FFTM"]
    font: TTFont = subset.load_font(str(source), options)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=[*map(ord, SIGNS), *(code for first, last in RANGES for code in range(first, last + 1))])
    chosen.subset(font)
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
