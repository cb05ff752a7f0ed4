"""The places for a picture: letters are never smaller than what can be read."""

from __future__ import annotations

from tutor.render.latex.math_sizes import BASE
from tutor.render.picture.picture_room import PictureRoom


def test_a_place_is_upright_and_has_letters_that_can_be_read_unless_said():
    assert (PictureRoom(16.0, 5.0).letters, PictureRoom(16.0, 5.0).turned) == (BASE, False)
    assert BASE > 7
