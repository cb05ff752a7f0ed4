"""What a slip of the table makes of a quantity, in an exercise of a few steps."""

from types import SimpleNamespace

from worked import exercise

from tutor.marking.mark_submission import Marker


def values_of(tag, steps, values, ask, train=""):
    """All values that a slip gives for what is asked."""
    marker = Marker(exercise(SimpleNamespace(steps=steps, values=values, ask=ask, train=train)))
    target = marker.questions[0].targets[0]
    own = [variant for variant, bend in zip(marker.diagnosis.variants, marker.diagnosis.bends, strict=True) if bend.tag == tag]
    return marker.sheet.numbers.run_bent(own, [target])[target][:, 0].tolist() if own else []
