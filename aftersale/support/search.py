"""Finding posts by their words, Chinese ones too, on both databases by the same tokens.

A run of Chinese, Japanese or Korean letters becomes its overlapping pairs, for nothing in it parts the
words; a query for it asks for its pairs side by side. What a person may not see is no hit, and not counted.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL

from aftersale.accounts.models import Role
from aftersale.orders.models import Order, Parcel
from aftersale.returns.models import Rma
from aftersale.support.models import TO_THE_OPENER, Post, Thread
from aftersale.support.queries import Viewer, visible_posts, visible_threads, with_what_lists_tell

TABLE = "support_post_search"
LONGEST_QUERY = 200
PAIRED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{PAIRED}]+|[^\W_{PAIRED}]+")
_IS_PAIRED = re.compile(rf"[{PAIRED}]")
_MOST_TERMS = 12
# A word as it stands in a text, before case and accents are taken off; marks belong to the letter before.
_PIECES = re.compile(rf"[{PAIRED}]+|(?:[^\W_{PAIRED}][\u0300-\u036f]*)+")
# From so many letters on, a word also finds those that it begins.
_BEGINNING = 3
# So many hits are looked at one by one; of more, all posts that one sees are gone through.
_FEW = 50
# How common a word is matters no more from here on.
_COUNTED_TO = 1000
# PostgreSQL counts no further.
_LAST_POSITION = 16_383

_CREATE = {
    # The tokens are ours: FTS5 only has to part them at the spaces.
    "sqlite": f"CREATE VIRTUAL TABLE {TABLE} USING fts5(tokens, tokenize='unicode61 remove_diacritics 0')",
    "postgresql": f"CREATE TABLE {TABLE} (rowid bigint PRIMARY KEY, tokens tsvector NOT NULL)",
}
_DELETE = f"DELETE FROM {TABLE} WHERE rowid = %s"  # noqa: S608
_WRITE = {
    "sqlite": f"INSERT INTO {TABLE} (rowid, tokens) VALUES (%s, %s)",  # noqa: S608
    "postgresql": f"INSERT INTO {TABLE} (rowid, tokens) VALUES (%s, %s::tsvector)",  # noqa: S608
}
_FIND = {
    # The limit makes SQLite look the words up once, and not for each post anew, whatever it knows of them.
    "sqlite": f"SELECT rowid FROM (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s LIMIT -1)",  # noqa: S608
    "postgresql": f"SELECT rowid FROM {TABLE} WHERE tokens @@ %s::tsquery",  # noqa: S608
}

_COUNT = (
    "SELECT CASE WHEN COUNT(*) = {most} THEN {most} ELSE COALESCE(SUM(CASE WHEN post.visibility = 'public'"
    " AND post.hidden_at IS NULL AND NOT post.is_held THEN 1 ELSE 0 END), 0) END"
    " FROM ({find} LIMIT {most}) AS found JOIN support_post AS post ON post.id = found.rowid"
)


def threads_found(viewer: Viewer, words: str) -> QuerySet[Thread]:
    """The threads in which this person sees a post with all of `words`, or which are about what they name."""
    words = words[:LONGEST_QUERY].strip()
    named = visible_threads(viewer).filter(pk__in=_named(viewer, words))
    hits = posts_found(viewer, words)
    if hits is None:
        return named
    # Whoever sees a post of a thread sees the thread: to ask that again of each is what would take long.
    about = Q(pk__in=[row.pk for row in named.only("pk").select_related(None)])
    return with_what_lists_tell(Thread.objects.filter(Q(pk__in=hits.values("thread")) | about))


def posts_found(viewer: Viewer, words: str) -> QuerySet[Post] | None:
    """The posts with all of `words` that this person sees; None where there is no word among them."""
    query = _query(words[:LONGEST_QUERY])
    if query is None:
        return None
    rows, find = visible_posts(viewer).order_by(), _FIND[connection.vendor]
    if connection.vendor == "postgresql":
        return rows.filter(pk__in=RawSQL(find, [query]))  # noqa: S611
    with connection.cursor() as cursor:
        cursor.execute(f"{find} LIMIT {_FEW + 1}", [query])
        few = [pk for (pk,) in cursor.fetchall()]
    if len(few) <= _FEW:
        return rows.filter(pk__in=few)
    # A SQLite that knows nothing of its tables would look for each of many hits in each public thread.
    return rows.annotate(place=F("pk") + 0).filter(place__in=RawSQL(find, [query]))  # noqa: S611


def hits_in(text: str, words: str) -> list[tuple[int, int]]:
    """Where in a text the words stand, from and to, in its order."""
    wanted = list(_runs(words[:LONGEST_QUERY]))[:_MOST_TERMS]
    found: list[tuple[int, int]] = []
    for piece in _PIECES.finditer(text):
        plain = "".join(_runs(piece[0]))
        for run in wanted:
            if _is_paired(run) and (at := piece[0].find(run)) >= 0:
                found.append((piece.start() + at, piece.start() + at + len(run)))
            elif plain == run or (len(run) >= _BEGINNING and plain.startswith(run)):
                found.append(piece.span())
    return sorted(set(found))


def terms_of(text: str) -> list[str]:
    """The words of a text that are worth a look-up by themselves, in their order."""
    return [token for token in tokens_of(text) if len(token) >= (2 if _is_paired(token) else _BEGINNING)]


def how_often(terms: Sequence[str]) -> dict[str, int]:
    """In how many posts that everybody reads each of these words stands, counted up to a bound; in one query.

    A word in so many posts of any kind counts as common: that tells nothing of a single one.
    """
    if not terms:
        return {}
    count = _COUNT.format(find=_FIND[connection.vendor], most=_COUNTED_TO)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([count] * len(terms)), [_exactly(term) for term in terms])
        return dict(zip(terms, (row[0] for row in cursor.fetchall()), strict=True))


def with_any_term(rows: QuerySet[Post], terms: Sequence[str]) -> QuerySet[Post]:
    """Those of `rows` in which one of these words stands."""
    any_of = (" OR " if connection.vendor == "sqlite" else " | ").join(map(_exactly, terms))
    return rows.filter(pk__in=RawSQL(_FIND[connection.vendor], [any_of]))  # noqa: S611


def index_post(post: Post, *, with_title: bool = False) -> None:
    """Make a post findable by what stands in it now; the first one by the title, where it is read with it."""
    is_first = post.number == 1 and post.visibility in TO_THE_OPENER
    title = f"{post.thread.subject}\n" if is_first or with_title else ""
    index_text(post.pk, title + post.body)


def index_text(pk: int, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [pk])
    index_texts([(pk, text)])


def index_texts(texts: Iterable[tuple[int, str]]) -> None:
    """The same of many posts that are new, by their keys."""
    with connection.cursor() as cursor:
        rows = [(pk, _stored(tokens_of(text))) for pk, text in texts]
        cursor.executemany(_WRITE[connection.vendor], rows)


def create(of: BaseDatabaseWrapper) -> None:
    """Make the index; for the migration."""
    with of.cursor() as cursor:
        cursor.execute(_CREATE[of.vendor])
        if of.vendor == "postgresql":
            cursor.execute(f"CREATE INDEX {TABLE}_tokens ON {TABLE} USING gin (tokens)")


def drop(of: BaseDatabaseWrapper) -> None:
    with of.cursor() as cursor:
        cursor.execute(f"DROP TABLE {TABLE}")


def tokens_of(text: str) -> list[str]:
    """The words of a text in their order, without case and accents; pairs of what has no words."""
    return [token for run in _runs(text) for token in (_pairs(run) if _is_paired(run) else [run])]


def _runs(text: str) -> Iterator[str]:
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in letters if unicodedata.category(each) != "Mn")
    return (found[0] for found in _RUNS.finditer(unicodedata.normalize("NFC", plain)))


def _pairs(run: str) -> list[str]:
    # The last letter stands alone, so that each letter begins a token and is found by itself.
    return [run[at : at + 2] for at in range(len(run))]


def _is_paired(run: str) -> bool:
    return _IS_PAIRED.match(run) is not None


def _stored(tokens: list[str]) -> str:
    if connection.vendor == "sqlite":
        return " ".join(tokens)
    return " ".join(f"'{token}':{min(at, _LAST_POSITION)}" for at, token in enumerate(tokens, 1))


def _query(words: str) -> str | None:
    """All of `words`, in the language of the database; None where there is none among them."""
    terms = [_term(run) for run in _runs(words)][:_MOST_TERMS]
    return (" AND " if connection.vendor == "sqlite" else " & ").join(terms) or None


def _term(run: str) -> str:
    # Tokens are letters and digits alone, so nothing in them needs an escape.
    wanted = _pairs(run)[:-1] or [run] if _is_paired(run) else [run]
    begins = len(run) == 1 if _is_paired(run) else len(run) >= _BEGINNING
    if connection.vendor == "sqlite":
        return f'"{" ".join(wanted)}"' + ("*" if begins else "")
    return "(" + " <-> ".join(f"'{token}'" for token in wanted) + ")" if not begins else f"'{wanted[0]}':*"


def _exactly(token: str) -> str:
    return f'"{token}"' if connection.vendor == "sqlite" else f"'{token}'"


def _named(viewer: Viewer, words: str) -> list[int]:
    """The threads whose reference, order, return, RMA or tracking number this is, by their indexes."""
    if not words or " " in words:
        return []
    ways = {words, words.upper(), words.lower()}
    led = Thread.objects.filter(reference__in=ways).order_by()
    found = set(led.values_list("pk", "merged_into", "merged_into__merged_into"))
    pks = {pk for row in found for pk in row if pk is not None}
    pks |= set(Thread.objects.filter(case__reference__in=ways).order_by().values_list("pk", flat=True))
    if getattr(viewer, "role", "") != Role.SUPPLIER:
        # Of another supplier's part of the order a supplier learns nothing, not even by a hit.
        pks |= set(Thread.objects.filter(_of_the_deal(words, ways)).order_by().values_list("pk", flat=True))
    return sorted(pks)


def _of_the_deal(words: str, ways: set[str]) -> Q:
    rma = "".join(each for each in words.upper() if each.isalnum())
    orders = Order.objects.filter(code__in=ways).order_by()
    about = Q(order__in=orders.values("pk")) | Q(case__in=Rma.objects.filter(number=rma).values("case"))
    if any(each.isdigit() for each in words):
        parcels = Parcel.objects.filter(tracking_number__in=ways).order_by()
        about |= Q(order__in=parcels.values("group__order"))
    return about
