"""Agreement: how far auditors and the tool, or two auditors, judge the same notes alike."""

from checker.agreement.comparison import Agreement, compare_readers

__all__ = ["Agreement", "compare_readers"]
