"""Addresses of the pages."""

from django.urls import path

from aftersale.web import account, case, desk, finance, home, policy_desk, policy_page, returning, supplier

urlpatterns = [
    path("", home.home, name="home"),
    path("policy/", policy_page.policy_page, name="policy_page"),
    path("policy/versions/", policy_page.policy_versions, name="policy_versions"),
    path("policy/versions/<str:named>/", policy_page.policy_version, name="policy_version"),
    path("policy/before-paying/", policy_page.before_paying, name="before_paying"),
    path("policy/before-paying/frame/", policy_page.before_paying_frame, name="before_paying_frame"),
    path("account/", account.account, name="account"),
    path("account/orders/", account.orders, name="orders"),
    path("account/orders/<str:code>/", account.order, name="order"),
    path("account/orders/<str:code>/return/<str:supplier>/", returning.ask, name="ask_return"),
    path("account/orders/<str:code>/return/<str:supplier>/answer/", returning.answer, name="return_answer"),
    path("account/returns/", account.returns, name="returns"),
    path("account/returns/<str:reference>/", case.return_page, name="return"),
    path("account/returns/<str:reference>/slip/", case.slip, name="return_slip"),
    path("account/returns/<str:reference>/hand-over/", case.hand_over_return, name="return_hand_over"),
    path("account/returns/<str:reference>/withdraw/", case.withdraw, name="return_withdraw"),
    path("supplier/", supplier.returns, name="supplier_returns"),
    path("supplier/returns/<str:reference>/", supplier.return_page, name="supplier_return"),
    path("supplier/returns/<str:reference>/<str:step>/", supplier.act, name="supplier_act"),
    path("desk/", desk.queue, name="desk"),
    path("desk/orders/", desk.orders, name="desk_orders"),
    path("desk/orders/<str:code>/", desk.order, name="desk_order"),
    path("desk/returns/", desk.returns, name="desk_returns"),
    path("desk/returns/<str:reference>/", desk.return_page, name="desk_return"),
    path("desk/returns/<str:reference>/<str:step>/", desk.act, name="desk_act"),
    path("policy-desk/", policy_desk.desk, name="policy_desk"),
    path("policy-desk/draft/", policy_desk.draft, name="policy_draft"),
    path("policy-desk/draft/review/", policy_desk.draft_review, name="policy_draft_review"),
    path("policy-desk/draft/publish/", policy_desk.publishing, name="policy_publish"),
    path("policy-desk/draft/correct/", policy_desk.correcting, name="policy_correct"),
    path("policy-desk/checks/", policy_desk.checks, name="policy_checks"),
    path("policy-desk/history/", policy_desk.history, name="policy_backtest"),
    path("finance/", finance.refunds, name="finance_refunds"),
    path("finance/<str:reference>/<str:step>/", finance.act, name="finance_act"),
]
