"""Li types the RMA number in the thread where Mia asked for it."""

import pytest

from aftersale.returns.models import LineState, Rma
from aftersale.returns.tests.cast import a_world
from aftersale.support.models import Post
from aftersale.support.services import About
from aftersale.support.tests.cast import a_return, ask, say
from aftersale.web.tests.browsing import signed_in


@pytest.fixture
def world(db, monkeypatch):
    made = a_world()
    monkeypatch.setattr("aftersale.config.middleware.system_ports", lambda: made.ports)
    return made


@pytest.fixture
def asked(world):
    thread = ask(world, about=About(case=a_return(world, reason="unwanted")), kind="return")
    say(world, world.mia, thread, "Do you issue a number?", "supplier")
    return thread


def test_li_finds_the_form_types_the_number_and_it_is_gone(world, asked):
    li, here = signed_in(world.li), f"/threads/{asked.reference}/"
    assert f'action="{here}rma/"' in li.get(here).content.decode()
    page = li.post(f"{here}rma/", {"number": "R-7", "intent": "a"}, follow=True).content.decode()
    assert "RMA number <strong>R-7</strong>" in page and f'action="{here}rma/"' not in page
    assert asked.case.lines.get().state == LineState.AUTHORISED


def test_what_is_refused_is_told_and_changes_nothing(world, asked):
    li, path = signed_in(world.li), f"/threads/{asked.reference}/rma/"
    told = li.post(path, {"number": "?", "intent": "a"}, follow=True).content.decode()
    assert "An RMA number has letters and digits" in told
    li.post(path, {"number": "R7", "expires_on": "soon", "intent": "b"})
    assert signed_in(world.other).post(path, {"number": "R7", "intent": "c"}).status_code == 404
    assert signed_in(world.ann).post(path, {"number": "R7", "intent": "d"}).status_code == 404
    assert not Rma.objects.exists() and not Post.objects.filter(author=world.li).exists()


def test_ann_sees_no_form_for_a_number(world, asked):
    assert "/rma/" not in signed_in(world.ann).get(f"/threads/{asked.reference}/").content.decode()
