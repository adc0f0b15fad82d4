"""What every report says of itself: which model spoke, and what the tool does not do."""

from checker.codebook import WHAT_THE_TOOL_DOES_NOT_DO
from checker.record import Model

DOES_NOT = WHAT_THE_TOOL_DOES_NOT_DO

WEAK = (
    "A record is weak when its reflection is listing, or its plan is none or weak; "
    "a management oversight note, when none of its decisions has its reason."
)
"""What makes a record weak, in a sentence (codebook 5)."""


def named(model: Model) -> str:
    """Which model spoke, in words."""
    return f"Model {model.name} {model.version}"
