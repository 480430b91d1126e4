"""Mia's pages of an incident: opened, linked from a search and from a thread, answered, closed."""

import pytest

from aftersale.returns.tests.cast import a_world
from aftersale.support.models import Incident, IncidentAnswer, IncidentLink, Post
from aftersale.support.services import link_threads, open_incident, work_incidents
from aftersale.support.tests.cast import ask
from aftersale.web.tests.browsing import signed_in, told


@pytest.fixture
def world(db, monkeypatch):
    made = a_world()
    monkeypatch.setattr("aftersale.config.middleware.system_ports", lambda: made.ports)
    return made


def test_mia_opens_an_incident_links_what_a_search_finds_and_answers_it_once(world):
    thread = ask(world, kind="tracking", subject="Where is my lorry", body="It is late.")
    ask(world, subject="A lamp")
    mia = signed_in(world.mia)
    page = mia.post("/desk/incidents/", {"title": "A lorry is lost", "kind": "tracking"})["Location"]
    assert thread.reference in told(mia.get(page))
    found = told(mia.get(page, {"q": "lorry"}))
    assert thread.reference in found and "A lamp" not in found
    mia.post(f"{page}link/", {"thread": [thread.reference]})
    sent = {"body": "It was found.", "intent": "a"}
    assert mia.post(f"{page}answer/", sent).status_code == 302
    assert "still to be seen to" in told(mia.get(f"{page}progress/"))
    work_incidents(ports=world.ports)
    assert "Posted in 1 threads, 0 to come" in told(mia.get(page))
    # The page that was open hears of it with the threads as they are now; one that knows it hears nothing.
    fresh = told(mia.get(f"{page}progress/?was=1-1-0&page=1"))
    assert "Posted in 1 threads, 0 to come" in fresh and "hx-swap-oob" in fresh and "Answered" in fresh
    assert mia.get(f"{page}progress/?was=1-0-0&page=1").status_code == 204
    assert "progress/?was=1-0-0" in told(mia.get(page))
    assert "It was found." in told(signed_in(world.ann).get(f"/threads/{thread.reference}/"))
    mia.post(f"{page}close/", {"solve": "yes"})
    work_incidents(ports=world.ports)
    thread.refresh_from_db()
    assert thread.state == "solved"
    assert "A lorry is lost" in told(mia.get("/desk/incidents/"))


def test_a_thread_of_its_kind_offers_it_and_mia_links_and_unlinks(world):
    incident = open_incident(
        ports=world.ports, by=world.mia, title="A lorry is lost", kind="tracking", intent="lorry"
    )
    thread = ask(world, kind="tracking")
    mia, here = signed_in(world.mia), f"/threads/{thread.reference}/"
    assert "Is it about “A lorry is lost”?" in told(mia.get(here))
    sent = {"thread": thread.reference, "back": thread.reference}
    assert mia.post(f"/desk/incidents/{incident.reference}/link/", sent)["Location"] == here
    assert "Unlink" in told(mia.get(here)) and "lorry" not in told(signed_in(world.ann).get(here))
    mia.post(f"/desk/incidents/{incident.reference}/unlink/", {"thread": thread.reference})
    assert not IncidentLink.objects.exists()


def test_an_answer_to_nobody_or_of_nothing_is_not_kept(world):
    incident = open_incident(ports=world.ports, by=world.mia, title="A lorry is lost", intent="lorry")
    mia, path = signed_in(world.mia), f"/desk/incidents/{incident.reference}/answer/"
    assert mia.post(path, {"body": "Found.", "intent": "a"}).status_code == 422
    link_threads(ports=world.ports, by=world.mia, incident=incident, threads=[ask(world)])
    assert mia.post(path, {"body": " ", "intent": "b"}).status_code == 422
    assert mia.post("/desk/incidents/", {"title": ""}).status_code == 422
    assert not IncidentAnswer.objects.exists() and Incident.objects.count() == 1


def test_incidents_are_our_staff_s_alone(world):
    incident = open_incident(ports=world.ports, by=world.mia, title="A lorry is lost", intent="lorry")
    for who in (world.ann, world.li):
        for path in ("/desk/incidents/", f"/desk/incidents/{incident.reference}/"):
            assert signed_in(who).get(path).status_code == 404
        answer = signed_in(who).post(f"/desk/incidents/{incident.reference}/answer/", {"body": "x"})
        assert answer.status_code == 404
    assert not Post.objects.exists()
