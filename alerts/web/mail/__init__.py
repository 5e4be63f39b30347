"""The readers' own pages: leaving a list, pausing it, another address, a whole digest.

Open to the world without a login: what a page may do stands in the signed token of its address, and
only a form that is sent does it.  Looking at a page changes nothing, since mail scanners look at
every link.
"""

from alerts.web.mail.desk import MailDesk
from alerts.web.mail.pages import RETURNS, add_mail_pages

__all__ = ["RETURNS", "MailDesk", "add_mail_pages"]
