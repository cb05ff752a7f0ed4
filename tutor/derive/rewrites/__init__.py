"""Named rewrites: where lectures simplify, so does the product, as a step with a name and a condition."""
