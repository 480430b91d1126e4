"""A stored decision as the desk reads it: all its facts, and why no other clause decided."""

from dataclasses import dataclass

from aftersale.returns.models import Decision
from aftersale.returns.policies import policy_of
from aftersale.returns.queries import Told, told_decision
from aftersale.web.why_not import ClauseNot, other_clauses
from aftersale.web.words import FactRow, because, fact_rows, tender_name


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """One stored decision for the desk: what, by which clause, on which facts, and who says so."""

    decision: Decision
    language: str

    @property
    def told(self) -> Told:
        return told_decision(self.decision, self.language)

    @property
    def facts(self) -> list[FactRow]:
        """Every fact, not only those that decided."""
        return fact_rows(self.decision.facts, self.decision.sources)

    @property
    def why(self) -> str:
        return because(self.decision.because)

    @property
    def why_nots(self) -> list[ClauseNot]:
        """What every other clause of the version that decided asks for."""
        one = self.decision
        return other_clauses(
            policy_of(one.policy),
            one.facts,
            clause=one.clause,
            language=self.language,
            version=one.policy.hash[:12],
        )

    @property
    def tender(self) -> str:
        return tender_name(self.decision.tender)
