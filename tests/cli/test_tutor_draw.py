"""``tutor draw --as network``: what it writes, and what it says of what is no network."""

from xml.etree import ElementTree

import pytest


def test_a_network_is_drawn(tutor, folder):
    assert tutor("draw", "dl/layer-sizes-two", "--as", "network", "-o", "net.svg")[0] == 0
    root = ElementTree.parse(folder / "net.svg").getroot()
    assert "16384-1000-10" in "".join(root.itertext())
    assert tutor("draw", "neuron/two-two-two", "--as", "network", "--values", "-o", "net.tex")[0] == 0
    assert "0.5933" in (folder / "net.tex").read_text()


@pytest.mark.parametrize(
    ("arguments", "piece"),
    [
        (["draw", "graz/sqrt-cos", "--as", "network", "-o", "n.svg"], "is no network"),
        (["draw", "dl/layer-sizes-one", "--as", "network", "--values", "-o", "n.svg"], "only counts"),
        (["draw", "dl/index-network", "--as", "network", "--values", "-o", "n.svg"], "no values to draw"),
        (["draw", "graz/sqrt-cos", "--values", "-o", "n.svg"], "--as network"),
        (["draw", "neuron/two-two-two", "--as", "network", "-o", "n.png"], ".svg or .tex"),
    ],
)
def test_what_is_no_network_is_said(tutor, folder, arguments, piece):
    code, _, err = tutor(*arguments)
    assert code == 2
    assert piece in err
    assert list(folder.iterdir()) == []
