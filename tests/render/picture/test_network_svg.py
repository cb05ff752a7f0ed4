"""Networks as SVG: light and dark, and never colour alone."""

from networks_drawn import drawn, of

from tutor.render.picture.network_svg import network_svg


def test_light_and_dark():
    source = network_svg(*drawn(of((2, 2))))
    assert "prefers-color-scheme:dark" in source
    assert "stroke-dasharray" in source  # the dummy 1, without colour
