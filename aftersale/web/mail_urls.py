"""Addresses of the slow lane: the page of who wrote, and the desk's."""

from django.urls import path

from aftersale.web import mail, mail_desk

urlpatterns = [
    path("mail/<str:token>/", mail.mail, name="mail"),
    path("desk/next/", mail_desk.take, name="desk_next"),
    path("desk/mail/", mail_desk.mails, name="desk_mails"),
    path("desk/mail/held/<int:number>/<str:step>/", mail_desk.sort, name="desk_mail_sort"),
    path("desk/mail/<str:reference>/", mail_desk.conversation, name="desk_conversation"),
    path("desk/mail/<str:reference>/answer/", mail_desk.answer, name="desk_mail_answer"),
    path("desk/mail/<str:reference>/close/", mail_desk.close, name="desk_mail_close"),
]
