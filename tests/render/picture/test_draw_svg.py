"""What a figure shows as SVG: each kind by its own drawing."""

from networks_drawn import drawn, of
from pictures_drawn import NOTATION, two_two_two

from tutor.render.picture.draw_svg import draw_picture
from tutor.render.picture.network_svg import network_svg
from tutor.render.picture.svg import svg


def test_each_kind_by_its_own_drawing():
    network = drawn(of((2, 2, 1)))
    assert draw_picture(*network, alone=False) == network_svg(*network, alone=False)
    assert draw_picture(two_two_two(), NOTATION) == svg(two_two_two(), NOTATION)
