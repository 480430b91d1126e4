"""Mia lets a thread wait for the courier, and sees what is late, what is next and what stands still."""

from datetime import timedelta

from aftersale.support.models import Thread
from aftersale.support.tests.cast import ask


def queue_of(client):
    return client.get("/desk/threads/").content.decode().partition("<main")[2].partition("</main>")[0]


def test_mia_lets_a_thread_wait_and_takes_that_back(client, world):
    thread = ask(world)
    client.force_login(world.mia)
    day = (world.clock.now() + timedelta(days=3)).date().isoformat()
    client.post(f"/threads/{thread.reference}/wait/", {"whom": "courier", "until": day})
    assert Thread.objects.get().waiting_on == "courier"
    page = queue_of(client)
    assert "1 thread waits for somebody else" in page and "waits for the courier until" in page
    assert "Wait no longer" in client.get(f"/threads/{thread.reference}/").content.decode()
    client.post(f"/threads/{thread.reference}/wait/end/")
    assert Thread.objects.get().waiting_on == ""
    assert "waits for somebody else" not in queue_of(client)


def test_a_day_that_cannot_be_is_said_and_nothing_waits(client, world):
    thread = ask(world)
    client.force_login(world.mia)
    for day in ("", "soon", "2020-01-01"):
        answer = client.post(
            f"/threads/{thread.reference}/wait/", {"whom": "bank", "until": day}, follow=True
        )
        assert "Choose a day within the next 90 days." in answer.content.decode()
    assert Thread.objects.get().waiting_on == ""


def test_the_queue_tells_which_clock_is_late_and_how_late(client, world):
    thread = ask(world)
    Thread.objects.filter(pk=thread.pk).update(due_at=world.clock.now() - timedelta(hours=3))
    client.force_login(world.mia)
    assert "first answer · 3 hours late" in queue_of(client)


def test_ann_and_li_find_no_such_buttons(client, world):
    thread = ask(world)
    for person in (world.ann, world.li):
        client.force_login(person)
        answer = client.post(f"/threads/{thread.reference}/wait/", {"whom": "bank", "until": "2030-01-01"})
        assert answer.status_code == 404
    assert Thread.objects.get().waiting_on == ""
