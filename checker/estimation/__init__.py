"""Estimation: shares that can be defended, from all assessments and an audited random sample of them."""

from checker.estimation.evidence import estimate
from checker.estimation.figures import (
    FEWEST_RECORDS,
    FEWEST_WORKERS,
    GROUPED_BY,
    Estimates,
    EstimationError,
    Figure,
    Group,
)
from checker.estimation.measures import MEASURES, Measure

__all__ = [
    "FEWEST_RECORDS",
    "FEWEST_WORKERS",
    "GROUPED_BY",
    "MEASURES",
    "Estimates",
    "EstimationError",
    "Figure",
    "Group",
    "Measure",
    "estimate",
]
