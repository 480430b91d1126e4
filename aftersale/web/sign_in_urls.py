"""Addresses of allauth that stand on pages of ours, or behind a proof of ours: they come before allauth's."""

from django.urls import path
from django.views.generic import RedirectView

from aftersale.web import security

_ours = RedirectView.as_view(pattern_name="security")

urlpatterns = [
    path("email/", _ours, name="account_email"),
    path("password/set/", security.set_password, name="account_set_password"),
    path("second-step/", _ours, name="mfa_index"),
    path("second-step/webauthn/", _ours, name="mfa_list_webauthn"),
    path("second-step/totp/activate/", security.add_app, name="mfa_activate_totp"),
    path("second-step/webauthn/add/", security.add_passkey, name="mfa_add_webauthn"),
]
