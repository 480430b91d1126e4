"""The real ports, chosen by the settings; tests and the simulation make their own."""

from django.conf import settings

from aftersale.base.mail import DemoMailbox, MailPort
from aftersale.base.ports import Clock, Ports, RandomIds, ShiftedClock, SystemClock
from aftersale.base.smtp import SmtpMail


def system_clock() -> Clock:
    return ShiftedClock(settings.CLOCK_START) if settings.CLOCK_START else SystemClock()


def system_ports() -> Ports:
    return Ports(clock=system_clock(), ids=RandomIds())


def system_mail(clock: Clock) -> MailPort:
    return SmtpMail() if settings.MAIL_HOST else DemoMailbox(clock)
