"""Addresses of paying what an order owes, of charges, and of the help about failed ones."""

from django.urls import path

from aftersale.web import help_pages

urlpatterns = [
    path("help/failed-payments/", help_pages.failed_payments, name="failed_payments"),
    path("desk/declines/", help_pages.decline_table, name="decline_table"),
    path("desk/charges/", help_pages.decline_table, name="desk_charges"),
]
