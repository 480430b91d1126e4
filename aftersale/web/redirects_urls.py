"""Addresses of refunds that do not go where they came from."""

from django.urls import path

from aftersale.web import redirects

urlpatterns = [
    path("account/refunds/<str:reference>/", redirects.where_to, name="refund_where_to"),
    path("finance/redirects/", redirects.queue, name="finance_redirects"),
    path("finance/redirects/<str:reference>/", redirects.one, name="finance_redirect"),
    path("finance/redirects/<str:reference>/<str:step>/", redirects.act, name="finance_redirect_act"),
    path("finance/<str:reference>/where-to/", redirects.ask, name="finance_ask_where_to"),
]
