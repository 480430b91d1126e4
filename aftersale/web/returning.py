"""The return form: the answer while it is filled in, and the asking itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput, NotYours, Refused
from aftersale.orders.models import SupplierGroup
from aftersale.orders.queries import order_for
from aftersale.returns.queries import returns_of, units_left
from aftersale.returns.services import request_return
from aftersale.web.answers import Summary, summary_of
from aftersale.web.doors import DeskRequest, door, language_now, shown
from aftersale.web.form_of_return import ReturnForm
from aftersale.web.reads import Question, previewed
from aftersale.web.refusals import told_refusal


@door(Role.CUSTOMER)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: DeskRequest, code: str, supplier: str) -> HttpResponse:
    """The form; sent, it opens a return. A second click on the same form leads to the same return."""
    form = _form(request, code, supplier)
    if sent := returns_of(request.user).filter(order=form.order, intent=form.intent).first():
        return redirect("return", sent.reference)
    if request.POST.get("do") == "all":
        form.send_everything()
    elif request.method != "POST" and "everything" in request.GET:
        form.begin_with(request.GET["everything"])
    if request.POST.get("do") == "ask" and form.is_valid():
        try:
            case = request_return(ports=request.ports, by=request.user, **_asked(form))
        except (BadInput, Refused) as error:
            form.errors[""] = told_refusal(error)
        else:
            messages.success(request, _("Your return is recorded, with its answer. You can follow it here."))
            return redirect("return", case.reference)
    return _page(request, form)


@door(Role.CUSTOMER)
@require_POST
def answer(request: DeskRequest, code: str, supplier: str) -> HttpResponse:
    """The answer alone, for the form as it stands."""
    form = _form(request, code, supplier)
    context = _answer(request, form)
    # What is being typed stays as it is: the question is put in or taken away only where that changes.
    context["turns"] = form.asks_for_receipt != (request.POST.get("asks_for_receipt") == "yes")
    return shown(request, "returns/fresh.html", context, zone=form.order.zone)


def _form(request: DeskRequest, code: str, supplier: str) -> ReturnForm:
    order = order_for(request.user, code)
    return ReturnForm(
        order,
        _group(list(order.groups.all()), supplier),
        units_left(order),
        now=request.ports.clock.now(),
        intent=request.ports.ids.key(),
        data=request.POST.dict() if request.method == "POST" else None,
    )


def _group(groups: list[SupplierGroup], supplier: str) -> SupplierGroup:
    found = next((group for group in groups if group.supplier.code == supplier), None)
    if found is None:
        raise NotYours
    return found


def _asked(form: ReturnForm) -> dict[str, Any]:
    return {
        "order": form.order,
        "supplier": form.group.supplier.code,
        "wishes": form.wishes(),
        "intent": form.intent,
        "note_text": form.note,
        "received_on": form.received_on,
    }


def _page(request: DeskRequest, form: ReturnForm) -> HttpResponse:
    context = {"nav": "orders", **_answer(request, form)}
    status = 422 if form.errors else 200
    return shown(request, "returns/ask.html", context, zone=form.order.zone, status=status)


def _answer(request: DeskRequest, form: ReturnForm) -> dict[str, Any]:
    """The form with its answer, or with what is missing for one."""
    summary: Summary | None = None
    problem = form.open_question
    if not problem and (form.errors or form.is_valid(to_send=False)):
        question = Question(form.order, form.group.supplier.code, form.wishes(), form.received_on)
        try:
            rows = previewed(question, ports=request.ports, language=language_now())
        except (BadInput, Refused) as error:
            problem = told_refusal(error)
        else:
            summary = summary_of(rows, form.group.supplier.name)
    problem = problem or next(iter(form.errors.values()), "")
    return {"form": form, "summary": summary, "problem": problem}
