"""What is kept about people, what for and until when, as the privacy page says it; the spans are those of the code."""

from datetime import timedelta

from api.accounts.attempts import FORGET_AFTER
from api.accounts.identities import SIGN_ON_LIVES
from api.accounts.records import KEEP_EVENTS, KEEP_TOKENS
from api.accounts.sessions import ABSOLUTE, IDLE
from api.accounts.sign_in import INVITATION_LIVES, RESET_LIVES
from api.jobs.imports import FAILED_FILES_KEPT, MOST_KEPT
from api.language import Words
from api.mail.contact import ANSWER_WITHIN, KEEP
from api.mail.outbox import GIVE_UP_AFTER

Row = tuple[str, str, str, str]
"""What is kept: in a word, in detail, what for, until when."""


def of_readers(words: Words) -> list[Row]:
    """What arises when somebody reads pages."""
    return [
        (
            words("Request of your browser"),
            words("network address, page asked for, name of the browser, language"),
            words("to answer with the page"),
            words("not kept by Bündniskompass; what a web server in front of it logs, the operator says"),
        ),
        (
            words("Two cookies"),
            words("German or English, light or dark; without a number that could identify you"),
            words("to remember what you have chosen; without a choice they are not set"),
            words("for a year, or until you delete them"),
        ),
    ]


def of_accounts(words: Words, *, office: bool) -> list[Row]:
    """What is kept about whoever has an account. ``office``: whether one may sign in through the own office."""
    ends = words("until the account is deleted")
    rows = [
        (
            words("Account"),
            words(
                "e-mail address, name, role, municipality, language, day of setting up and of last use; "
                "the password only as a value from which it cannot be worked out"
            ),
            words("to recognise you, and to know what you may see and change"),
            ends,
        ),
        (
            words("Session"),
            words("a cookie, and when it began and was last used"),
            words("to stay signed in"),
            words(
                "until you sign out; at most {idle} without use, at most {most} altogether",
                idle=span(IDLE, words),
                most=span(ABSOLUTE, words),
            ),
        ),
        (
            words("Failed sign-ins"),
            words("their number, under a mark that names neither account nor network address"),
            words("to slow down guessing of passwords"),
            span(timedelta(seconds=FORGET_AFTER), words),
        ),
        (
            words("Links to set a password"),
            words("a value with which the link is recognised"),
            words("to set it without anybody else knowing it"),
            words(
                "until used, at most {reset}; an invitation {invitation}",
                reset=span(RESET_LIVES, words),
                invitation=span(INVITATION_LIVES, words),
            ),
        ),
        (
            words("What you have set up"),
            words("saved views, mails you asked for, tokens"),
            words("to have it ready for you"),
            words("until you delete it; ended tokens {span} longer", span=span(KEEP_TOKENS, words)),
        ),
        (
            words("Mails to you"),
            words("address, subject and text while they wait to be sent"),
            words("to send them"),
            words("until sent, at most {span}", span=span(GIVE_UP_AFTER, words)),
        ),
        (
            words("Messages to offices"),
            words("which office you wrote to, subject and text"),
            words("to make the first contact"),
            words(
                "text until the answer, at most {text}; who wrote to whom {rest}",
                text=span(ANSWER_WITHIN, words),
                rest=span(KEEP, words),
            ),
        ),
        (
            words("Your entries and changes"),
            words("what you changed, and the random id of your account"),
            words("to keep clear who entered what and when"),
            words("as long as the entry is kept; once the account is deleted, the id leads to nobody"),
        ),
        (
            words("Your imports"),
            words("files and report, and the id of your account"),
            words("to keep clear who brought in what"),
            words(
                "{span} from the end of the import; uploaded files until then, after a failure {files} longer",
                span=span(MOST_KEPT, words),
                files=span(FAILED_FILES_KEPT, words),
            ),
        ),
        (
            words("Journal of accounts"),
            words("that an account was set up, changed, disabled or deleted, and by whom; ids alone"),
            words("to see who gave which rights"),
            span(KEEP_EVENTS, words),
        ),
    ]
    if office:
        through = (
            words("Signing in through your office"),
            words("your id there; a cookie for the way back"),
            words("to recognise you without a password here"),
            words("the id {ends}; the cookie {span}", ends=ends, span=span(SIGN_ON_LIVES, words)),
        )
        rows.insert(2, through)
    return rows


def span(time: timedelta, words: Words) -> str:
    """A length of time in its largest whole unit."""
    seconds = int(time.total_seconds())
    if seconds % 31_536_000 == 0:
        return words.plural("one year", "{n} years", seconds // 31_536_000)
    if seconds % 86_400 == 0:
        return words.plural("one day", "{n} days", seconds // 86_400)
    if seconds % 3_600 == 0:
        return words.plural("one hour", "{n} hours", seconds // 3_600)
    return words.plural("one minute", "{n} minutes", seconds // 60)
