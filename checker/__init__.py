"""Reads the written records of social-work supervision and flags the weak ones.

>>> from checker import Checker
>>> assessment = Checker().check("Seen at school. Happy. No concerns. SW to continue to monitor.")
>>> assessment.plan.band
<PlanBand.WEAK: 'weak'>
>>> assessment.weak
True
"""

__all__ = ["Checker"]


def __getattr__(name: str):
    """Load `Checker`, and numpy and the network's run time with it, when it is first asked for."""
    if name == "Checker":
        from checker.checking import Checker

        return Checker
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
