"""Whether an answer is right: formulas at many points, numbers by their digits."""
