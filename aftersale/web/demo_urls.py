"""Addresses that only a demo has: the gallery and the mails."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
