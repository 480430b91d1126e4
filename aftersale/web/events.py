"""The door for providers' events: no session, no form, a signature."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from aftersale.base.ports import Ports
from aftersale.payments.hints import receive_event
from aftersale.payments.providers.events import NotSigned
from aftersale.payments.providers.registry import system_event_readers


@csrf_exempt
@never_cache
@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """200 once it is stored, or is none of our business; 400 and nothing stored without a good signature."""
    ports: Ports = request.ports  # type: ignore[attr-defined]
    reader = system_event_readers(clock=ports.clock).get(provider)
    if reader is None:
        raise Http404
    try:
        receive_event(ports=ports, reader=reader, raw=request.body, headers=request.headers)
    except NotSigned as error:
        return HttpResponse(f"not taken: {error}\n", status=400, content_type="text/plain")
    return HttpResponse(status=200)
