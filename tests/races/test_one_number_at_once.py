"""A supplier types the same RMA number into two returns of two orders at the same moment: it goes to one."""

import pytest

from aftersale.returns.errors import RmaTaken
from aftersale.returns.models import LineState, Rma
from aftersale.returns.services import Wish, issue_rma, request_return
from aftersale.returns.tests.cast import a_world, an_order
from tests.races.together import together

ROUNDS = 8


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_number_goes_to_one_return_and_the_other_hears_why():
    world = a_world()
    cases = [
        request_return(
            ports=world.ports,
            by=world.ann,
            order=an_order(world),
            supplier="LI",
            wishes=[Wish(1, 1, "unwanted")],
            intent=f"form-{n}",
        )
        for n in range(2 * ROUNDS)
    ]

    def issue(turn: int, person: int) -> Rma:
        case = cases[2 * turn + person]
        return issue_rma(ports=world.ports, by=world.li, case=case, number=f"RMA{turn}")

    for outcome in together(2, ROUNDS, issue, expected=(RmaTaken,)):
        assert (len(outcome.answers), len(outcome.refusals)) == (1, 1)
    waiting = [case for case in cases if case.lines.get().state == LineState.WAITING_SUPPLIER]
    assert len(waiting) == Rma.objects.count() == ROUNDS
