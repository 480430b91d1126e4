"""Addresses of paying what an order owes, of charges, and of the help about failed ones."""

from django.urls import path

from aftersale.web import charges_desk, help_pages, paying

urlpatterns = [
    path("account/orders/<str:code>/pay/", paying.pay, name="pay"),
    path("account/orders/<str:code>/pay/transfer/", paying.transfer, name="pay_transfer"),
    path("account/orders/<str:code>/pay/new-card/", paying.new_card, name="pay_new_card"),
    path("account/orders/<str:code>/pay/new-card/<str:card>/", paying.given, name="pay_card_given"),
    path("account/payments/<str:reference>/", paying.charge, name="charge"),
    path("account/payments/<str:reference>/back/", paying.back, name="charge_back"),
    path("account/payments/<str:reference>/confirm/", paying.confirm, name="charge_confirm"),
    path("account/payments/<str:reference>/again/", paying.again, name="charge_again"),
    path("account/payments/<str:reference>/give-up/", paying.give_up, name="charge_give_up"),
    path("account/payments/<str:reference>/add-card/", paying.add_card, name="charge_add_card"),
    path("help/contact/", help_pages.contact, name="contact"),
    path("help/failed-payments/", help_pages.failed_payments, name="failed_payments"),
    path("desk/payments/", charges_desk.charges, name="desk_charges"),
    path("desk/payments/declines/", help_pages.decline_table, name="decline_table"),
    path("desk/payments/<str:reference>/", charges_desk.charge, name="desk_charge"),
]
