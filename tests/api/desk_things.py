"""Of the matrix of who may: the rows of the desk's tools, on two threads of Ann's and one that was split."""

from typing import Any

from aftersale.returns.tests.cast import World, an_order
from aftersale.support.services import About, link_threads, open_incident, save_macro, split_thread
from aftersale.support.tests.cast import a_return, ask, say

EXPECTED: dict[str, tuple[int, ...]] = {
    #                    anon cust other  supp other agent fin  owner
    "merge_threads":    (401, 403, 403,   403, 403,  200,  200, 403),
    "split_thread":     (401, 403, 403,   403, 403,  201,  201, 403),
    "list_moves":       (401, 403, 403,   403, 403,  200,  200, 403),
    "undo_move":        (401, 403, 403,   403, 403,  200,  200, 403),
    "hold_thread":      (401, 403, 403,   403, 403,  200,  200, 403),
    "release_thread":   (401, 403, 403,   403, 403,  200,  200, 403),
    "look_at_thread":   (401, 403, 403,   403, 403,  200,  200, 403),
    "give_rma":         (401, 403, 403,   201, 404,  201,  403, 403),
    "list_macros":      (401, 403, 403,   403, 403,  200,  200, 403),
    "add_macro":        (401, 403, 403,   403, 403,  201,  201, 403),
    "save_macro":       (401, 403, 403,   403, 403,  200,  200, 403),
    "fill_macro":       (401, 403, 403,   403, 403,  200,  200, 403),
    "sort_thread":      (401, 403, 403,   403, 403,  200,  200, 403),
    "list_incidents":   (401, 403, 403,   403, 403,  200,  200, 403),
    "get_incident":     (401, 403, 403,   403, 403,  200,  200, 403),
    "open_incident":    (401, 403, 403,   403, 403,  201,  201, 403),
    "link_threads":     (401, 403, 403,   403, 403,  200,  200, 403),
    "unlink_thread":    (401, 403, 403,   403, 403,  200,  200, 403),
    "answer_incident":  (401, 403, 403,   403, 403,  201,  201, 403),
    "close_incident":   (401, 403, 403,   403, 403,  200,  200, 403),
    "get_support_report": (401, 403, 403, 403, 403,  200,  200, 403),
    "list_counted_threads": (401, 403, 403, 403, 403, 200, 200, 403),
}  # fmt: skip

REQUESTS: dict[str, tuple[str, Any]] = {
    "merge_threads": ("{spare_thread}", {"into": "{split_thread}"}),
    "split_thread": ("{split_thread}", {"numbers": [2], "subject": "The card"}),
    "list_moves": ("{split_thread}", None),
    "undo_move": ("{move}", None),
    "hold_thread": ("{spare_thread}", {"reason": "An advertisement."}),
    "release_thread": ("{spare_thread}", None),
    "look_at_thread": ("{spare_thread}", None),
    "give_rma": ("{asked_thread}", {"number": "RMA7"}),
    "add_macro": ("", {"name": "Soon", "texts": {"en": "Soon, {name}."}}),
    "save_macro": ("{macro}", {"name": "On its way", "texts": {"en": "It comes, {name}."}}),
    "fill_macro": ("{spare_thread}", {"macro": "{macro}"}),
    "sort_thread": ("{spare_thread}", {"kind": "tracking"}),
    "get_incident": ("{incident}", None),
    "open_incident": ("", {"title": "A lorry is lost", "kind": "tracking"}),
    "link_threads": ("{incident}", {"threads": ["{spare_thread}"]}),
    "unlink_thread": ("{incident}", {"thread": "{spare_thread}"}),
    "answer_incident": ("{incident}", {"body": "The lorry was found."}),
    "close_incident": ("{incident}", {"solve": True}),
    "list_counted_threads": ("opened", None),
}


def desk_things(world: World) -> dict[str, Any]:
    about = About(order=an_order(world))
    spare, apart = ask(world, about=about), ask(world, about=about)
    for _ in range(2):
        say(world, world.mia, apart, "We look into it.")
    split = split_thread(
        ports=world.ports, by=world.mia, thread=apart, numbers=[3], subject="Apart", intent="apart"
    )
    incident = open_incident(ports=world.ports, by=world.mia, title="A lorry is lost", intent="lorry")
    link_threads(ports=world.ports, by=world.mia, incident=incident, threads=[apart])
    macro = save_macro(ports=world.ports, by=world.mia, name="On its way", texts={"en": "Hello {name}."})
    asked = ask(world, about=About(case=a_return(world, reason="unwanted")), kind="return")
    say(world, world.mia, asked, "Do you issue a number?", "supplier")
    return {
        "asked_thread": asked.reference,
        "macro": macro.reference,
        "spare_thread": spare.reference,
        "split_thread": apart.reference,
        "move": split.reference,
        "incident": incident.reference,
    }
