"""Pages that links in mails lead to, without signing in: a record is still right, or no more such mails.

Looking at them changes nothing, because mail programs look at links, too.
"""

from flask import Blueprint, render_template

from api.http.current import services
from api.mail.notice_mail import confirm, notice_of_link, notices, record_of_link

notice_links = Blueprint("notice_links", __name__)


@notice_links.get("/confirm/<string(maxlength=500):signed>")
def show_record(signed: str) -> str:
    """What is to be confirmed."""
    record, _ = record_of_link(services(), signed)
    return render_template("confirm.html", record=record, done=False)


@notice_links.post("/confirm/<string(maxlength=500):signed>")
def confirm_record(signed: str) -> str:
    """Enter that the record is right today."""
    confirm(services(), signed)
    record, _ = record_of_link(services(), signed)
    return render_template("confirm.html", record=record, done=True)


@notice_links.get("/notices/<string(maxlength=500):signed>")
def show_notice(signed: str) -> str:
    """Which mails are to end."""
    notice_of_link(services(), signed)
    return render_template("notice_end.html", done=False)


@notice_links.post("/notices/<string(maxlength=500):signed>")
def end_notice(signed: str) -> str:
    """End them."""
    notices(services()).remove(notice_of_link(services(), signed).id)
    return render_template("notice_end.html", done=True)
