"""The condition language: what a clause's `when`, a word and a rule of the world may say, read and typed."""

from .errors import did_you_mean
from .facts import Fact
from .nodes import Condition, IsOneOf, Join, Known, Not, Sum, Within, plus
from .sums import Sums, Typed

_WORDED = {("at", "most"): "<=", ("at", "least"): ">=", ("more", "than"): ">", ("less", "than"): "<"}
_WORDED |= {("fewer", "than"): "<"}
_SYMBOLS = {"<=": "<=", ">=": ">=", "<": "<", ">": ">", "=": "=", "==": "=", "!=": "!="}
_SYMBOLS |= {"≤": "<=", "≥": ">=", "≠": "!="}
_DATED = {"before": "<", "after": ">", "on": "="}


class Parser(Sums):
    """Reads a whole text as a condition or as a rule."""

    def whole_condition(self) -> Condition:
        """The whole text as a condition."""
        condition = self.condition()
        self.end()
        return condition

    def whole_rule(self) -> Condition:
        """The whole text as `condition` or `condition implies condition`."""
        condition = self.condition()
        if self.take("implies"):
            condition = Join("or", (Not(condition), self.condition()))
        self.end()
        return condition

    def condition(self) -> Condition:
        """`a or b`, `and` binding closer."""
        parts = [self._all_of()]
        while self.take("or"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else Join("or", tuple(parts))

    def _all_of(self) -> Condition:
        parts = [self._negated()]
        while self.take("and"):
            parts.append(self._negated())
        return parts[0] if len(parts) == 1 else Join("and", tuple(parts))

    def _negated(self) -> Condition:
        odd = False
        while self.take("not"):
            odd = not odd
        test = self._test()
        return Not(test) if odd else test

    def _test(self) -> Condition:
        if (word := self._word()) is not None:
            return word
        if self.next.value == "(" and not self._opens_a_sum():
            return self._bracketed()
        fact = self.facts.get(self.next.value) if self.next.kind == "word" else None
        if fact and self.tokens[self.at + 1].value == "is":
            return self._is(fact)
        if fact and fact.kind == "yes or no":
            self.at += 1
            return IsOneOf(fact.name, (True,))
        if fact and fact.kind == "one of":
            raise self.wrong(
                f"`{fact.name}` alone is not yes or no", f"write `{fact.name} is {fact.values[0]}`"
            )
        return self._comparison()

    def _word(self) -> Condition | None:
        """The named condition that comes next, the longest name first."""
        run: list[str] = []
        for token in self.tokens[self.at :]:
            if token.kind != "word":
                break
            run.append(token.value)
        for length in range(len(run), 0, -1):
            if (named := self.words.get(" ".join(run[:length]))) is not None:
                self.at += length
                return named
        return None

    def _bracketed(self) -> Condition:
        start = self.at
        self.deeper()
        self.at += 1
        condition = self.condition()
        self.close(start)
        return condition

    def _opens_a_sum(self) -> bool:
        """Whether this bracket holds a sum: what follows its end compares or adds."""
        open_brackets, after = 0, len(self.tokens) - 1
        for i in range(self.at, len(self.tokens)):
            open_brackets += {"(": 1, ")": -1}.get(self.tokens[i].value, 0)
            if open_brackets == 0:
                after = i + 1
                break
        word = self.tokens[min(after, len(self.tokens) - 1)].value
        return word in {*_SYMBOLS, *_DATED, "at", "more", "less", "fewer", "within", "+", "-"}

    def _is(self, fact: Fact) -> Condition:
        start = self.at
        self.at += 2
        opposite = self.take("not")
        if self.take("known") or self.take("absent"):
            if not fact.may_be_absent:
                help = "drop the test, or say `may be absent` in its kind"
                raise self.wrong(f"`{fact.name}` is never absent", help, start)
            absent = self.tokens[self.at - 1].value == "absent"
            return Not(Known(fact.name)) if absent != opposite else Known(fact.name)
        values = self._values(fact) if self.take("one", "of") else [self._value(fact)]
        test = self._equal(fact, values, start)
        return Not(test) if opposite else test

    def _values(self, fact: Fact) -> list[str | bool | int]:
        if not self.take("("):
            raise self.wrong("`one of` wants its values in brackets", "write `one of (a, b)`")
        values = [self._value(fact)]
        while self.take(","):
            values.append(self._value(fact))
        if not self.take(")"):
            raise self.wrong(
                f"`{self.next.shown}` stands where `,` or `)` is expected", "as in `one of (a, b)`"
            )
        return values

    def _value(self, fact: Fact) -> str | bool | int:
        token = self.next
        if fact.kind == "one of" and token.value in fact.values:
            self.at += 1
            return token.value
        if fact.kind == "yes or no" and token.value in ("yes", "no"):
            self.at += 1
            return token.value == "yes"
        if fact.kind not in ("one of", "yes or no") and (
            token.kind in ("number", "date") or token.value == "-"
        ):
            sum = self.term()
            if not sum.sum.terms and (sum.unit == "date") == (fact.kind == "date"):
                return sum.sum.plus
            self.at = sum.start
        help = did_you_mean(token.value, fact.values) or f"`{fact.name}` is {fact.accepts}"
        raise self.wrong(f"`{token.shown}` is not a value of `{fact.name}`", help)

    def _equal(self, fact: Fact, values: list[str | bool | int], start: int) -> Condition:
        """The fact has one of the values, all of them of its kind."""
        if fact.kind in ("one of", "yes or no"):
            fitting = tuple(sorted({value for value in values if isinstance(value, str | bool)}, key=str))
            everything = len(fitting) == (len(fact.values) or 2)
            if everything and not fact.may_be_absent:
                raise self.wrong(
                    f"`{fact.name}` always is one of these", "leave out a value, or the test", start
                )
            return IsOneOf(fact.name, fitting)
        numbers = sorted({int(value) for value in values})
        tests = tuple(self._within(Sum(((1, fact.name),), -number), "=", start) for number in numbers)
        return tests[0] if len(tests) == 1 else Join("or", tests)

    def _comparison(self) -> Condition:
        start = self.at
        left = self.sum()
        if self.take("within"):
            return self._window(left, start)
        sign = self._sign()
        right = self.sum()
        self.same_unit(left, right, start)
        test = self._within(plus(left.sum, right.sum, -1), "=" if sign == "!=" else sign, start)
        return Not(test) if sign == "!=" else test

    def _sign(self) -> str:
        token = self.next
        after = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if token.kind == "symbol" and token.value in _SYMBOLS:
            self.at += 1
            return _SYMBOLS[token.value]
        if token.value in _DATED:
            self.at += 1
            return _DATED[token.value]
        if (token.value, after.value) in _WORDED:
            self.at += 2
            return _WORDED[token.value, after.value]
        help = (
            "write `at most`, `at least`, `more than`, `less than` or `=`; for dates `before`, `after`, `on`"
        )
        raise self.wrong(f"`{token.shown}` stands where a comparison is expected", help)

    def _window(self, left: Typed, start: int) -> Condition:
        """`date within N days of date`: on that day or up to N days after it."""
        days = self.sum()
        if not self.take("days", "of"):
            raise self.wrong(
                f"`{self.next.shown}` stands where `days of` is expected", "as in `within 14 days of`"
            )
        right = self.sum()
        if left.unit != "date" or right.unit != "date" or days.unit != "" or days.sum.plus < 0:
            help = "write `sent_on within 14 days of delivered_on`"
            raise self.wrong("a window goes from one date to another", help, start)
        since = plus(left.sum, right.sum, -1)
        at_most = self._within(plus(since, days.sum, -1), "<=", start)
        assert isinstance(at_most, Within)
        not_before = self._within(since, ">=", start)
        return Join("and", (not_before, at_most))

    def _within(self, difference: Sum, sign: str, start: int) -> Condition:
        """`difference sign 0` in its one normal form."""
        terms, bound = difference.terms, -difference.plus
        if not terms:
            raise self.wrong("no fact decides this comparison", "compare a fact", start)
        lo = {"<=": None, "<": None, ">": bound + 1}.get(sign, bound)
        hi = {">=": None, ">": None, "<": bound - 1}.get(sign, bound)
        if terms[0][0] < 0:
            terms = tuple((-times, term) for times, term in terms)
            lo, hi = (None if hi is None else -hi), (None if lo is None else -lo)
        test = Within(terms, lo, hi)
        self._refuse_foregone(test, start)
        return test

    def _refuse_foregone(self, test: Within, start: int) -> None:
        """A comparison of one number that its range settles would be a dead clause."""
        (times, term), terms, lo, hi = test.terms[0], test.terms, test.lo, test.hi
        fact = self.facts.get(term) if len(terms) == 1 and isinstance(term, str) and times == 1 else None
        if fact is None or fact.lo is None or fact.hi is None:
            return
        never = (lo is not None and lo > fact.hi) or (hi is not None and hi < fact.lo)
        always = (lo is None or lo <= fact.lo) and (hi is None or hi >= fact.hi)
        if never or (always and not fact.may_be_absent):
            help = f"`{fact.name}` goes from {fact.lo} to {fact.hi}"
            raise self.wrong(f"this is {'never' if never else 'always'} so", help, start)
