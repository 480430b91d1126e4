"""The forum as a feed: what a visitor reads, and nothing more."""

from datetime import timedelta
from xml.etree import ElementTree

from django.test import Client
from django.utils.http import http_date

from aftersale.returns.tests.cast import World, an_order
from aftersale.support.services import hide_post
from aftersale.support.tests.cast import ask, ask_in_public, say
from aftersale.web.tests.browsing import signed_in, told

FEED = "/threads/feed.atom"
ATOM = "{http://www.w3.org/2005/Atom}"


def entries(address: str = FEED, client: Client | None = None) -> list[str]:
    answer = (client or Client()).get(address)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("application/atom+xml")
    return [
        entry.findtext(f"{ATOM}summary") or ""
        for entry in ElementTree.fromstring(answer.content).iter(f"{ATOM}entry")
    ]


def test_the_feed_holds_the_newest_public_posts_under_forum_names(world: World):
    an_order(world)
    thread = ask_in_public(world, subject="How <long>?", body="How **long** do lamps last?")
    say(world, world.mia, thread, "For years.")
    assert entries() == ["<p>For years.</p>\n", "<p>How <strong>long</strong> do lamps last?</p>\n"]
    assert entries(f"/threads/{thread.reference}/feed.atom") == entries()
    text = told(Client().get(FEED))
    assert "guest-" in text and "How &lt;long&gt;?" in text
    assert not [name for name in ("Ann", "Mia", "ann@example.com") if name in text]


def test_nothing_private_noted_or_hidden_is_in_it_even_for_who_may_read_it(world: World):
    an_order(world)
    public, private = ask_in_public(world), ask(world, body="secret")
    say(world, world.mia, public, "a note", "staff")
    hide_post(ports=world.ports, by=world.mia, post=say(world, world.mia, public, "rude"), reason="rude")
    for client in (Client(), signed_in(world.ann), signed_in(world.mia)):
        assert entries(client=client) == ["<p>It flickers. What can I do?</p>\n"]
        assert client.get(f"/threads/{private.reference}/feed.atom").status_code == 404


def test_a_category_has_a_feed_of_its_own_and_what_is_none_has_none(world: World):
    an_order(world)
    ask_in_public(world, kind="tracking", body="Where?")
    ask_in_public(world, kind="return", body="How?")
    assert entries(f"{FEED}?kind=tracking") == ["<p>Where?</p>\n"]
    assert Client().get(f"{FEED}?kind=nothing").status_code == 404


def test_who_has_the_feed_is_not_sent_it_again_until_it_changes(world: World):
    an_order(world)
    thread = ask_in_public(world)
    first = Client().get(FEED)
    same = {"If-None-Match": first["ETag"]}
    assert Client().get(FEED, headers=same).status_code == 304
    assert Client().get(FEED, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    earlier = http_date((world.clock.now() - timedelta(days=1)).timestamp())
    assert Client().get(FEED, headers={"If-Modified-Since": earlier}).status_code == 200
    world.clock.move(minutes=1)
    answer = say(world, world.mia, thread, "rude")
    assert Client().get(FEED, headers=same).status_code == 200
    second = Client().get(FEED)
    world.clock.move(minutes=1)
    hide_post(ports=world.ports, by=world.mia, post=answer, reason="rude")
    for known in ({"If-None-Match": second["ETag"]}, {"If-Modified-Since": second["Last-Modified"]}):
        assert Client().get(FEED, headers=known).status_code == 200


def test_the_pages_tell_readers_where_their_feed_is(world: World):
    an_order(world)
    thread = ask_in_public(world)
    assert f'type="application/atom+xml" title="Forum" href="{FEED}"' in told(Client().get("/threads/"))
    assert f"{FEED}?kind=return" in told(Client().get("/threads/?kind=return"))
    assert f"/threads/{thread.reference}/feed.atom" in told(Client().get(f"/threads/{thread.reference}/"))
    private = ask(world)
    page = told(signed_in(world.ann).get(f"/threads/{private.reference}/"))
    assert "feed.atom" not in page


def test_a_feed_of_thirty_posts_needs_few_queries(world: World, django_assert_max_num_queries):
    an_order(world)
    thread = ask_in_public(world)
    for _ in range(29):
        say(world, world.mia, thread, "More.")
    with django_assert_max_num_queries(6):
        assert len(entries()) == 30
