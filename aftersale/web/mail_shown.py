"""A mail and a conversation of the slow lane, as pages show them."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from aftersale.support.mail.filing import fresh_words
from aftersale.support.markdown import html_of
from aftersale.support.models import IncomingMail, MailAnswer, MailConversation, Verdict
from aftersale.support.queries import Viewer
from aftersale.web.files_shown import FileShown


@dataclass(frozen=True)
class MailShown:
    """One mail: what was written anew first, all of it behind a click."""

    mail: IncomingMail
    viewer: Viewer

    @property
    def who(self) -> str:
        return self.mail.from_name or self.mail.from_address or self.mail.envelope_sender

    @cached_property
    def fresh(self) -> str:
        return fresh_words(self.mail)

    @property
    def has_more(self) -> bool:
        return self.fresh != self.mail.text.strip()

    @property
    def files(self) -> list[FileShown]:
        return [FileShown(file, self.viewer) for file in self.mail.attachments.all()]

    @property
    def is_proved(self) -> bool:
        return self.mail.verdict == Verdict.PASSED


@dataclass(frozen=True)
class Said:
    """A mail of theirs or an answer of ours, at its moment."""

    at: datetime
    mail: MailShown | None = None
    answer: MailAnswer | None = None

    @property
    def html(self) -> str:
        return html_of(self.answer.body) if self.answer else ""


@dataclass(frozen=True)
class ConversationShown:
    conversation: MailConversation
    viewer: Viewer
    now: datetime

    @property
    def who(self) -> str:
        return self.conversation.name or self.conversation.address

    @cached_property
    def said(self) -> list[Said]:
        """All of it, in the order in which it was written."""
        mails = self.conversation.mails.prefetch_related("attachments").order_by("received_at", "pk")
        said = [Said(mail.received_at, mail=MailShown(mail, self.viewer)) for mail in mails]
        answers = self.conversation.answers.select_related("author")
        said += [Said(answer.answered_at, answer=answer) for answer in answers]
        return sorted(said, key=lambda each: each.at)

    @property
    def is_taken(self) -> bool:
        until = self.conversation.taken_until
        return until is not None and until > self.now

    @cached_property
    def hints(self) -> list[str]:
        """Threads that its mails name or follow."""
        named = self.conversation.mails.filter(thread__isnull=False).exclude(thread=self.conversation.thread)
        return sorted(set(named.values_list("thread__reference", flat=True)))
