"""How a server is set: where no exam is held verdicts, hints and solutions are given."""

import pytest

from tutor.practice.modes import MODES
from tutor.web.site_settings import SiteSettings


@pytest.mark.parametrize("mode", MODES)
def test_an_exam_tells_nothing(mode):
    assert SiteSettings(mode=mode).tells == (mode != "exam")
