"""Sampling: which notes people should read, and what a reading of so many can say."""

from checker.sampling.design import Allocation, By, Candidate, Draw, Drawn, Frame, Order, Sample, Stratum
from checker.sampling.draw import SamplingError, random_draw, risk_draw
from checker.sampling.frame import build_frame

__all__ = [
    "Allocation",
    "By",
    "Candidate",
    "Draw",
    "Drawn",
    "Frame",
    "Order",
    "Sample",
    "SamplingError",
    "Stratum",
    "build_frame",
    "random_draw",
    "risk_draw",
]
