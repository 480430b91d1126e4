"""For whose eyes a person may write into a thread, by whichever door."""

from aftersale.accounts.models import Role, User
from aftersale.support.models import TEAM, Thread, Visibility


def eyes_for(thread: Thread, person: User) -> tuple[Visibility, ...]:
    """What this person may choose from, the usual first; empty for who does not write here at all."""
    usual = Visibility.PUBLIC if thread.is_public else Visibility.PARTICIPANTS
    if person.role in TEAM:
        return (usual, Visibility.STAFF, *(() if thread.is_public else (Visibility.SUPPLIER,)))
    if person.role == Role.SUPPLIER and person.supplier_id == thread.supplier_id:
        return (Visibility.SUPPLIER,)
    return (usual,) if person.role == Role.CUSTOMER else ()
