"""The staff's tools over threads, by the API."""

from aftersale.api.tests.cast import a_wish, machine
from aftersale.returns.tests.cast import an_order
from aftersale.support.models import Move, Post
from aftersale.support.services import About, merge_threads, work_incidents
from aftersale.support.tests.cast import ask, say


def two(world):
    about = About(order=an_order(world))
    return ask(world, about=about, subject="One"), ask(world, about=about, subject="Two")


def test_a_program_of_mia_s_merges_two_threads_and_takes_it_back(world):
    first, second = two(world)
    mia, ann = machine(world, world.mia), machine(world, world.ann)
    move = mia.post(f"/threads/{first.reference}/merge", {"into": second.reference}).json()
    assert (move["kind"], move["source"], move["target"]) == ("merge", first.reference, second.reference)
    assert ann.get(f"/threads/{first.reference}").json()["reference"] == second.reference
    assert mia.get(f"/threads/{second.reference}/moves").json()["items"] == [move]
    undone = mia.post(f"/thread-moves/{move['reference']}/undoing").json()
    assert undone["undone_at"] is not None
    assert ann.get(f"/threads/{first.reference}").json()["reference"] == first.reference


def test_what_cannot_be_merged_is_a_problem_and_nothing_moves(world):
    first, _ = two(world)
    answer = machine(world, world.mia).post(
        f"/threads/{first.reference}/merge", {"into": ask(world, world.bob).reference}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "cannot_move")
    assert not Move.objects.exists()


def test_an_answer_over_a_later_post_is_a_problem_and_sent_with_the_newest_number(world):
    thread, _ = two(world)
    say(world, world.ann, thread, "And it hums.")
    mia = machine(world, world.mia)
    path, body = f"/threads/{thread.reference}/posts", {"body": "Take the E14.", "seen": 1}
    answer = mia.post(path, body, wish=a_wish())
    assert (answer.status_code, answer.json()["code"]) == (409, "overtaken")
    assert Post.objects.filter(thread=thread).count() == 2
    assert mia.post(path, body | {"seen": 2}, wish=a_wish()).status_code == 201


def test_a_number_of_a_merged_thread_still_means_its_own_post(world):
    first, second = two(world)
    say(world, world.mia, first, "Answer to one.")
    merge_threads(ports=world.ports, by=world.mia, source=first, target=second)
    ann = machine(world, world.ann)
    solved = ann.post(f"/threads/{first.reference}/solution", {"number": 2}).json()
    assert solved["solved_by"] == 3
    read = ann.post(f"/threads/{first.reference}/read", {"number": 1}).json()
    assert read["last_read"] == 2


def test_a_program_of_mia_s_links_threads_to_an_incident_and_answers_them_once(world):
    first, _ = two(world)
    mia = machine(world, world.mia)
    made = mia.post("/incidents", {"title": "A lorry is lost"}, wish=a_wish()).json()
    path = f"/incidents/{made['reference']}"
    assert mia.post(f"{path}/links", {"threads": [first.reference, "T0000-00000"]}).status_code == 422
    assert mia.get(path).json()["threads"] == 0
    mia.post(f"{path}/links", {"threads": [first.reference]})
    wish = a_wish()
    for _ in range(2):
        told = mia.post(f"{path}/answers", {"body": "Found."}, wish=wish).json()
        assert (told["threads"], told["owed"], told["answers"][0]["posted"]) == (1, 1, 0)
    work_incidents(ports=world.ports)
    assert mia.get(path).json()["answers"][0]["posted"] == 1
    assert Post.objects.filter(body="Found.").count() == 1
    assert mia.post(f"{path}/closing", {"solve": False}).json()["closed_at"]
    refused = mia.post(f"{path}/answers", {"body": "More."}, wish=a_wish())
    assert (refused.status_code, refused.json()["code"]) == (409, "incident_over")


def test_a_program_of_mia_s_writes_a_macro_fills_it_and_sends_it_with_what_follows(world):
    thread, _ = two(world)
    mia = machine(world, world.mia)
    said = {"name": "Soon", "texts": {"en": "Hello {name}, soon."}, "actions": ["solve"]}
    macro = mia.post("/macros", said, wish=a_wish()).json()
    wrong = mia.post(f"/macros/{macro['reference']}", said | {"texts": {"en": "{surname}"}})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "texts.en")
    told = mia.post(f"/threads/{thread.reference}/macro", {"macro": macro["reference"]}).json()
    assert told == {"body": "Hello Ann, soon.", "actions": ["solve"]}
    sent = {"body": told["body"], "macro": macro["reference"], "actions": told["actions"]}
    assert mia.post(f"/threads/{thread.reference}/posts", sent, wish=a_wish()).status_code == 201
    assert mia.get(f"/threads/{thread.reference}").json()["state"] == "solved"
    assert mia.get("/macros").json()["items"][0]["used"] == 1
    ann = machine(world, world.ann)
    assert ann.post(f"/threads/{thread.reference}/posts", sent, wish=a_wish()).status_code == 422
