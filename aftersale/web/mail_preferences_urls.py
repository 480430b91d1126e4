"""Addresses of what a person wants of mails."""

from django.urls import path

from aftersale.web import mail_preferences

urlpatterns = [
    path("account/mails/", mail_preferences.preferences, name="mail_preferences"),
    path("account/mails/want/", mail_preferences.want, name="mail_want"),
    path("account/mails/confirm/", mail_preferences.confirm, name="mail_confirm"),
    path("mails/stop/<str:token>/", mail_preferences.stop, name="mail_stop"),
]
