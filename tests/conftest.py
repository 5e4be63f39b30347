"""What every test shares."""

from __future__ import annotations

import os

from hypothesis import settings

# A busy machine is slow and not wrong.  CI has a quarter of an hour; whoever changes what a property
# holds for has longer: HYPOTHESIS_PROFILE=thorough.
settings.register_profile("patient", deadline=None, max_examples=60)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "patient"))
