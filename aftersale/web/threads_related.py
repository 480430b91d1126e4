"""What may answer a question, before it is sent: beside it while it is typed, or as a step of its own."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from aftersale.accounts.models import Role
from aftersale.support.related import Related, related_to
from aftersale.support.services import About
from aftersale.web.doors import DeskRequest, door, shown
from aftersale.web.threads_about import about_of


@door(Role.CUSTOMER)
@require_POST
def related(request: DeskRequest) -> HttpResponse:
    """For a page that asks while one types: nothing where nothing has changed since it asked last."""
    context = related_context(related_near(request, about_of(request)[0]))
    if context["named"] == request.POST.get("related", ""):
        return HttpResponse(status=204)
    return shown(request, "threads/related.html", context)


def is_news(request: DeskRequest, about: About) -> bool:
    """Whether something may answer the question that its page has not shown yet. Files wait for no step."""
    if request.FILES:
        return False
    context = related_context(related_near(request, about))
    return bool(context["related"]) and context["named"] != request.POST.get("related", "")


def related_near(request: DeskRequest, about: About) -> Related:
    """What is near what stands in the form."""
    text = f"{request.POST.get('subject', '')}\n{request.POST.get('body', '')}"
    return related_to(request.user, text[:20_200], about.on_order)


def related_context(found: Related) -> dict[str, Any]:
    """For threads/related.html; `named` is what a page sends along to hear only of what is new."""
    named = " ".join(thread.reference for thread in (*found.asked, *found.answers))
    return {"related": found, "named": named}
