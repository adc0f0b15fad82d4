"""How hard the property tests search."""

from hypothesis import settings

# The same examples on every run, so that a change is judged by what it changed;
# `pytest --hypothesis-profile searching` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("searching", max_examples=1000, deadline=None)
settings.load_profile("repeatable")
