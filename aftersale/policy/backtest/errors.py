"""The error of a back-test."""

from aftersale.policy.errors import PolicyError


class BacktestError(PolicyError):
    """The past orders cannot be read or tested: what is wrong, and `help`, what to do."""

    def __init__(self, what: str, help: str = "") -> None:
        self.what, self.help = what, help
        super().__init__(what + (f"\nhelp: {help}" if help else ""))
