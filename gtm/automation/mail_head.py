"""The head that a mail client shows above a mail, for its picture: who writes, the subject, and the text beside it."""

import re

from markupsafe import Markup

from gtm.automation.ports import RenderedEmail

_BODY = re.compile(r"<body\b[^>]*>", re.I)
_HEAD = Markup(
    '<div style="margin:0;padding:18px 24px;background:#ffffff;border-bottom:1px solid #d0d7de;'
    'font-family:Arial,Helvetica,sans-serif;color:#1f2328;overflow-wrap:anywhere">'
    '<div style="max-width:600px;margin:0 auto">'
    '<p dir="auto" style="margin:0 0 4px;font-size:20px;line-height:1.3;font-weight:bold">{subject}</p>'
    '<p dir="auto" style="margin:0 0 10px;font-size:14px;line-height:1.4;color:#57606a">{preheader}</p>'
    '<p style="margin:0;font-size:14px;line-height:1.4"><bdi style="font-weight:bold">{sender}</bdi>'
    ' <span style="color:#57606a">to <bdi>{reader}</bdi></span></p>'
    "</div></div>"
)


def with_head(mail: RenderedEmail, sender: str, reader: str) -> str:
    """A mail's HTML as a client opens it: its head on top, every word escaped; without a body nothing is added.

    Args:
        mail: as it goes out; no mail that is sent has this head.
        sender: whose name stands before the address.
        reader: whom it is written to.
    """
    html = mail.html or ""
    head = _HEAD.format(subject=mail.subject, preheader=mail.preheader, sender=sender, reader=reader)
    return _BODY.sub(lambda body: body[0] + str(head), html, count=1)
