"""The addresses: pages, the API, sign-in."""

from django.conf import settings
from django.urls import include, path

from aftersale.web import events, language

urlpatterns = [
    path("", include("aftersale.web.redirects_urls")),
    path("", include("aftersale.web.urls")),
    path("", include("aftersale.web.cards_urls")),
    path("", include("aftersale.web.charges_urls")),
    path("", include("aftersale.web.threads_urls")),
    path("", include("aftersale.web.mail_urls")),
    path("providers/<str:provider>/events/", events.receive, name="provider_events"),
    path("api/v1/", include("aftersale.api.urls")),
    path("sign-in/", include("aftersale.web.sign_in_urls")),
    path("sign-in/", include("allauth.account.urls")),
    path("sign-in/second-step/", include("allauth.mfa.urls")),
    path("", include("aftersale.web.mail_preferences_urls")),
    path("language/", language.choose, name="set_language"),
]

if settings.MAIL_WEBHOOKS:
    urlpatterns += [path("", include("aftersale.web.mail_in_urls"))]

if not settings.PRODUCTION:
    urlpatterns += [path("", include("aftersale.web.demo_urls"))]
