"""A connection to an SMTP server, for all messages that wait: to open one may take a second."""

from contextlib import ExitStack
from email import message_from_string
from typing import Any

from apprise import NotifyFormat
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.smtp import AppriseSMTPController

from alerts.outbox import Message

OPTIONS = {
    "host": "smtp_host",
    "port": "port",
    "secure_mode": "secure_mode",
    "user": "user",
    "password": "password",
    "verify_certificate": "verify_certificate",
    "socket_connect_timeout": "socket_connect_timeout",
}
"""Argument of a connection -> attribute of Apprise's service, NotifyEmail."""


class MailConnection:
    """Opens a connection when it is needed, and keeps it until an error or a rest."""

    def __init__(self) -> None:
        self._opened = ExitStack()
        self._options: dict[str, Any] = {}
        self._connection: AppriseSMTPController | None = None

    def send(self, service: Any, message: Message) -> bool:
        """Send a message to all addresses of a service, a NotifyEmail; return False if one refuses.

        Its Message-ID is that of the message: Apprise would choose another one at each attempt.
        Raises OSError and smtplib.SMTPException when the server does not answer.
        """
        sender: str = service.from_addr[1]
        message_id = f"<{message.message_id}@{sender.rpartition('@')[2]}>"
        connection = self._open(service)
        for mail in _mails(service, message):
            content = message_from_string(mail.body)
            content.replace_header("Message-ID", message_id)
            if not connection.sendmail(sender, mail.to_addrs, content.as_string()):
                self.close()
                return False
        return True

    def close(self) -> None:
        self._opened.close()
        self._connection = None

    def _open(self, service: Any) -> AppriseSMTPController:
        options = {name: getattr(service, attribute) for name, attribute in OPTIONS.items()}
        if self._connection is None or options != self._options:
            self.close()
            self._connection = self._opened.enter_context(AppriseSMTPController(**options))
            self._options = options
        return self._connection


def _mails(service: Any, message: Message) -> Any:
    return NotifyEmail.prepare_emails(
        message.title,
        message.body,
        service.from_addr,
        service.targets,
        cc=service.cc,
        bcc=service.bcc,
        reply_to=service.reply_to,
        smtp_host=service.smtp_host,
        notify_format=NotifyFormat.TEXT,
        headers=service.headers,
        names=service.names,
        pgp=service.pgp,
        pgp_mode=service.pgp_mode,
    )
