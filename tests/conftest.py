"""What all tests share: the folder of helpers on the path, and one deterministic Hypothesis profile."""

import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).parent))  # `import independent` works from every test

settings.register_profile(
    "tutor", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tutor")
