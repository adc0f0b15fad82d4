"""The rules: what the checker asks the author of a record, one small file a question.

`ask` puts every rule to an assessment. The order of `TELLING` is the order in which rules of the same
severity are shown: what is rare and weighty comes before what most records could be asked.
"""

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from itertools import zip_longest

from msgspec.structs import replace

from checker.record import Assessment, Finding, Severity
from checker.rules.rule import Rule
from checker.settings import Settings

TELLING = (
    "no-reflection",
    "few-specific-actions",
    "no-actions",
    "oversight-without-reason",
    "too-short",
    "pasted-text",
    "empty-reflection",
    "no-contingency",
    "fluent-but-general",
    "only-process-actions",
    "no-voice",
    "judgement-without-evidence",
    "decision-without-reason",
    "vague-action",
    "no-owner",
    "no-deadline",
    "no-decision",
    "no-purpose",
    "earlier-actions",
    "shared-owner",
    "no-date",
    "no-check",
    "nothing-that-matters",
    "too-many-actions",
)
"""Every rule's id, the most telling first."""

_SEVERITIES = tuple(Severity)


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, the most telling first; the rules' files are read at the first call."""
    return tuple(import_module(f"{__name__}.{name.replace('-', '_')}").RULE for name in TELLING)


def rule_called(name: str) -> Rule:
    """The rule with this id.

    Raises
    ------
    ValueError
        No rule has this id; the message names the closest that there is.

    Examples
    --------
    >>> rule_called("no-deadline").question
    'By when?'
    """
    if name not in TELLING:
        raise ValueError(_unknown(name))
    return all_rules()[TELLING.index(name)]


def check_known(settings: Settings) -> None:
    """Make sure that settings speak only of rules that exist.

    Raises
    ------
    ValueError
        A rule id in the settings is unknown; the message is one sentence that says where and what to do.

    Examples
    --------
    >>> check_known(Settings(rules={"no-deadlines": "off"}))
    Traceback (most recent call last):
    ValueError: The settings name a rule “no-deadlines” that does not exist; did you mean “no-deadline”?
    """
    for name in settings.rules:
        if name not in TELLING:
            raise ValueError(f"The settings name a rule “{name}” that does not exist; {_hint(name)}")


def severity_of(rule: Rule, settings: Settings) -> Severity | None:
    """How much a rule weighs under these settings; `None` where it is switched off."""
    level = settings.rules.get(rule.id, rule.severity)
    return None if level == "off" else Severity(level)


def ask(assessment: Assessment, settings: Settings | None = None) -> Assessment:
    """Put every rule to an assessment.

    Parameters
    ----------
    assessment : Assessment
        Its findings, if any, are replaced.
    settings : Settings, optional
        Which rules are louder, quieter or off. `check_known` tells of ids that no rule has; here they
        are passed over.

    Returns
    -------
    Assessment
        The same, with its findings in telling order.
    """
    settings = settings or Settings()
    found = [
        finding
        for rule in all_rules()
        if (severity := severity_of(rule, settings))
        for finding in rule.findings(assessment, severity)
    ]
    return replace(assessment, findings=tuple(in_telling_order(found)))


def in_telling_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings: errors, warnings, hints; within these the order of `TELLING`, then of the text.

    A rule that this version does not know, in an assessment from another, goes last in its severity.
    """
    place = {name: at for at, name in enumerate(TELLING)}

    def telling(finding: Finding) -> tuple[int, int, int]:
        rule = place.get(finding.rule, len(place))
        return _SEVERITIES.index(finding.severity), rule, finding.start

    return sorted(findings, key=telling)


def first_questions(findings: Iterable[Finding], n: int = 5) -> list[Finding]:
    """Choose the few findings to show first.

    Each rule asks once before any rule asks again, so that five actions without a deadline do not hide
    what else there is to ask.

    Parameters
    ----------
    findings : iterable of Finding
    n : int
        At most this many.

    Returns
    -------
    list of Finding
        In the order in which to ask them.
    """
    by_rule: dict[str, list[Finding]] = {}
    for finding in in_telling_order(findings):
        by_rule.setdefault(finding.rule, []).append(finding)
    rounds = zip_longest(*by_rule.values())
    return [finding for each in rounds for finding in each if finding is not None][:n]


def _unknown(name: str) -> str:
    return f"There is no rule “{name}”; {_hint(name)}"


def _hint(name: str) -> str:
    """What to do about an unknown rule id."""
    from difflib import get_close_matches  # seldom needed, so not at every start

    close = get_close_matches(name, TELLING, n=1)
    return f"did you mean “{close[0]}”?" if close else "`checker rules` lists those that exist."
