"""Networks as TikZ: the same drawing as the SVG, the same bytes, and LaTeX without a warning."""

import re
import subprocess
import xml.etree.ElementTree as ET

import pytest
from networks_drawn import HOSTILE, LARGE, SVG, drawn, needs_tex, of

from tutor.notation.profile import Notation
from tutor.render.picture.network_svg import network_svg
from tutor.render.picture.network_tikz import network_standalone, network_tikz


@pytest.mark.parametrize("network", [of((2, 2, 2)), of((3, 4, 2), "layer"), LARGE], ids=["2-2-2", "3-4-2", "large"])
def test_both_outputs_draw_the_same(network):
    found, profile = drawn(network)
    root = ET.fromstring(network_svg(found, profile))
    tex = network_tikz(found, profile)
    circles = [node for node in root.iter(SVG + "circle") if node.get("class") != "tg-dot"]
    edges = [node for node in root.iter(SVG + "path") if (node.get("class") or "").startswith("tg-edge")]
    assert len(circles) == len(re.findall(r"\\draw\[[^]]*fill=tutor\w+\] \([^)]*\) circle", tex))
    assert len(edges) == len(re.findall(r"\\draw\[tutoredge", tex))
    assert tex.count("\\node") == len(list(root.iter(SVG + "text")))
    assert tex.isascii()


def test_the_same_bytes_twice():
    assert network_svg(*drawn(of((3, 4, 2)))) == network_svg(*drawn(of((3, 4, 2))))
    assert network_standalone(*drawn(of((3, 4, 2)))) == network_standalone(*drawn(of((3, 4, 2))))


def test_hostile_names_are_escaped():
    source = network_svg(HOSTILE, Notation())
    root = ET.fromstring(source)
    assert not list(root.iter(SVG + "script"))
    assert "\u202e" not in source
    tex = network_tikz(HOSTILE, Notation())
    assert "\\input" not in tex.replace("\\textbackslash{}input", "")
    assert "\\end{document}" not in tex
    assert tex.isascii()


@needs_tex
@pytest.mark.parametrize(
    "made",
    [lambda: drawn(of((2, 2, 2), "layer", "numbered"), "neuron"), lambda: drawn(of((3, 4, 2)), "cmu"),
     lambda: drawn(LARGE, "dl"), lambda: (HOSTILE, Notation())],
    ids=["2-2-2", "3-4-2", "large", "hostile"],
)  # fmt: skip
def test_latex_compiles_without_a_warning(made, tmp_path):
    (tmp_path / "net.tex").write_text(network_standalone(*made()), encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "net.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=300)
    log = (tmp_path / "net.log").read_text(encoding="latin-1")
    assert done.returncode == 0, log[-2000:]
    for word in ("Overfull", "Underfull", "Warning", "Missing character", "undefined"):
        assert word not in log
    assert "(1 page" in log
