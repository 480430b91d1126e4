"""`Idempotency-Key`: a wish that is sent twice is done once, and answered twice alike.

A claim of the key is written first, by itself. Then the verb and its answer are written in one transaction,
which holds the claim's row: they are there together or not at all. Whoever finds the key claimed is told to
come back; a claim whose holder has died runs out, and whoever takes it over shuts out the old holder, should
it still live. A refusal of the verb is an answer, too. Wrong input and failures are none: they set the
key free.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from pydantic import BaseModel

from aftersale.api.doors import ApiRequest
from aftersale.api.errors import KeyReused, StillRunning
from aftersale.api.models import KeptAnswer
from aftersale.api.problems import refused
from aftersale.base.errors import Refused

# Longer than any verb takes, waiting for a lock included.
CLAIM = timedelta(seconds=60)
COME_BACK_AFTER = 2  # seconds
REPLAYED = "Idempotency-Replayed"

type Verb = Callable[[str], HttpResponse]


def once(request: ApiRequest, key: str, asked: BaseModel | None, verb: Verb) -> HttpResponse:
    """The answer of `verb`, called with an intent that is the key's own; or the answer it gave before.

    Raises KeyReused and StillRunning, and whatever `verb` raises but for Refused.
    """
    return once_prepared(request, key, asked, lambda: verb)


def once_prepared(
    request: ApiRequest, key: str, asked: BaseModel | None, prepare: Callable[[], Verb]
) -> HttpResponse:
    """The same for what takes long: `prepare` does it, outside the transaction, and gives the verb.

    What `prepare` raises is no answer: the key is free again.
    """
    kept = _claimed(request, key, _hash(request, asked))
    if kept.answered_at is not None:
        answer = HttpResponse(kept.body, status=kept.status, content_type=kept.media_type)
        answer[REPLAYED] = "true"
        return answer
    is_answered = False
    try:
        answer = _answer(request, kept, prepare())
        is_answered = True
    finally:
        if not is_answered:
            KeptAnswer.objects.filter(pk=kept.pk, claim=kept.claim, answered_at=None).delete()
    return answer


def intent_of(user: int, key: str) -> str:
    """What the verb knows the wish by: short, and of this user alone."""
    return "api:" + sha256(f"{user}:{key}".encode()).hexdigest()


def _answer(request: ApiRequest, kept: KeptAnswer, verb: Verb) -> HttpResponse:
    with transaction.atomic():
        mine = KeptAnswer.objects.select_for_update().filter(pk=kept.pk, claim=kept.claim, answered_at=None)
        if mine.first() is None:
            raise _still_running()
        try:
            with transaction.atomic():
                answer = verb(intent_of(kept.user_id, kept.key))
        except Refused as refusal:
            answer = refused(request, refusal)
        mine.update(
            status=answer.status_code,
            media_type=answer["Content-Type"],
            body=answer.content.decode(),
            answered_at=request.ports.clock.now(),
        )
    return answer


def _claimed(request: ApiRequest, key: str, request_hash: str) -> KeptAnswer:
    """The key's row: with its answer, or claimed by this request."""
    now, claim = request.ports.clock.now(), request.ports.ids.key()
    rows = KeptAnswer.objects.filter(user=request.auth.user, key=key)
    kept = rows.first()
    if kept is None:
        try:
            with transaction.atomic():
                return KeptAnswer.objects.create(
                    user=request.auth.user,
                    key=key,
                    request_hash=request_hash,
                    claim=claim,
                    claimed_until=now + CLAIM,
                )
        except IntegrityError:  # another request with this key was a moment earlier
            kept = rows.first()
    if kept is None:
        raise _still_running()
    if kept.request_hash != request_hash:
        raise KeyReused("This idempotency key was sent with another request before.")
    if kept.answered_at is None:
        abandoned = rows.filter(answered_at=None, claimed_until__lte=now)
        if not abandoned.update(claim=claim, claimed_until=now + CLAIM):
            raise _still_running()
        kept.claim = claim
    return kept


def _hash(request: ApiRequest, asked: BaseModel | None) -> str:
    """The same for bodies that mean the same: order and white space do not count."""
    body = asked.model_dump_json() if asked is not None else ""
    return sha256(json.dumps([request.method, request.path, body]).encode()).hexdigest()


def _still_running() -> StillRunning:
    return StillRunning(
        "The first request with this idempotency key is being answered; ask again in a moment.",
        retry_after=COME_BACK_AFTER,
    )
