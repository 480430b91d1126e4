"""The address to which providers post mails. Mailgun sends a mail whole where the address says `mime`."""

from django.urls import path

from aftersale.web import mail_in

urlpatterns = [path("providers/<str:provider>/mime/", mail_in.receive, name="provider_mails")]
