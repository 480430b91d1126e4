"""The policy as json-logic, a JSON document that every engine of that name reads."""

from typing import Any

from aftersale.policy.nodes import Condition, IsOneOf, Join, Known, Not, Within

from .choices import Choices


def rule(choices: Choices, optional: frozenset[str]) -> Any:
    """Nested choices as `if` with its pairs of a condition and an answer."""
    pairs: list[Any] = []
    while not isinstance(choices, str):
        pairs += [_condition(choices.when, optional), rule(choices.yes, optional)]
        choices = choices.no
    return {"if": [*pairs, choices]} if pairs else choices


def _condition(condition: Condition, optional: frozenset[str]) -> Any:
    match condition:
        case Not(part):
            return {"!": [_condition(part, optional)]}
        case Join(how, parts):
            return {how: [_condition(part, optional) for part in parts]}
        case Known(fact):
            return {"!==": [{"var": fact}, None]}
        case IsOneOf(fact, (bool(value),)):
            return {"var": fact} if value else {"!": [{"var": fact}]}
        case IsOneOf(fact, (value,)):
            return {"===": [{"var": fact}, value]}
        case IsOneOf(fact, values):
            return {"in": [{"var": fact}, list(values)]}
        case Within(((1, str(less)), (-1, str(more))), None, -1):
            return {"<": [{"var": less}, {"var": more}]}
        case Within(((1, str(fact)),), lo, hi):
            tests: list[Any] = [_condition(Known(fact), optional)] if fact in optional else []
            tests += [
                {sign: [{"var": fact}, end]} for sign, end in ((">=", lo), ("<=", hi)) if end is not None
            ]
            return tests[0] if len(tests) == 1 else {"and": tests}
    raise NotImplementedError(condition)
