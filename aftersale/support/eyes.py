"""For whose eyes a person may write into a thread, by whichever door, and what is our staff's alone to do."""

from aftersale.accounts.models import Role, User
from aftersale.support.errors import NotForYou
from aftersale.support.models import TEAM, Thread, Visibility


def refuse_others(by: User) -> None:
    """Raises NotForYou for everybody but our staff."""
    if by.role not in TEAM:
        raise NotForYou("this is for our staff")


def usual_eyes(thread: Thread) -> Visibility:
    """Who reads what is written there, unless it is said otherwise."""
    return Visibility.PUBLIC if thread.is_public else Visibility.PARTICIPANTS


def eyes_for(thread: Thread, person: User) -> tuple[Visibility, ...]:
    """What this person may choose from, the usual first; empty for who does not write here at all."""
    usual = usual_eyes(thread)
    if person.role in TEAM:
        return (usual, Visibility.STAFF, *(() if thread.is_public else (Visibility.SUPPLIER,)))
    if person.role == Role.SUPPLIER and person.supplier_id == thread.supplier_id:
        return (Visibility.SUPPLIER,)
    return (usual,) if person.role == Role.CUSTOMER else ()
