"""Addresses that only a demo has: the gallery, the mails and the carrier's part."""

from django.urls import path

from aftersale.web import cards_sandbox, demo, demo_mail
from aftersale.web.gallery import gallery

urlpatterns = [
    path("gallery/", gallery, name="gallery"),
    path("demo/mails/", demo.mails, name="demo_mails"),
    path("demo/mails/<int:pk>/", demo.mail, name="demo_mail"),
    path("demo/mails/<int:pk>/answer/", demo_mail.answer, name="demo_mail_answer"),
    path("demo/mails/<int:pk>/body/", demo.mail_body, name="demo_mail_body"),
    path("sandbox/cards/<str:reference>/", cards_sandbox.give, name="sandbox_give"),
    path("sandbox/bank/<str:reference>/", cards_sandbox.bank, name="sandbox_bank"),
    path("demo/carrier/", demo.carrier, name="demo_carrier"),
    path("demo/carrier/<str:what>/<int:pk>/", demo.carrier_acts, name="demo_carrier_acts"),
]
