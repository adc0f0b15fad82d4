"""Reads the written records of social-work supervision and flags the weak ones.

>>> from checker import Checker
>>> assessment = Checker().check("Seen at school. Happy. No concerns. SW to continue to monitor.")
>>> assessment.plan.band
<PlanBand.WEAK: 'weak'>
>>> assessment.weak
True
"""

from checker.checking import Checker

__all__ = ["Checker"]
