"""What every mail must be. Nothing in here is code of the product."""

import collections
import datetime
import email
import email.header
import email.message
import email.policy
import email.utils
import html as html_module
import re
import typing

import dkim

LIST_HEADERS = (b"list-unsubscribe", b"list-unsubscribe-post")
SIGNED = (b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", *LIST_HEADERS)


class Expected(typing.NamedTuple):
    """What holds for every mail."""

    from_name: str
    from_address: str
    public_url: str
    domain: str
    selector: str
    dns: dict[bytes, bytes]
    began: datetime.datetime


def blank(text: str) -> str:
    """The text without its blanks."""
    return "".join(text.split())


def mailboxes(message, name: str) -> list[tuple[str, str]]:
    """Names and addresses. Read before they are decoded, so that nothing encoded can be an address;
    decoded by RFC 2047 as a whole, because `headerregistry` before Python 3.13 puts a blank
    between two encoded words of one name."""
    raw = dict(message.raw_items())[name]
    pairs = email.utils.getaddresses([re.sub(r"\r\n(?=[ \t])", "", raw)])
    return [(str(email.header.make_header(email.header.decode_header(shown))), address) for shown, address in pairs]


class Verifier:
    """Looks at mails one after another and remembers what must be unique among them."""

    def __init__(self, expected: Expected, people: dict):
        self.expected, self.people = expected, people
        self.faults: collections.Counter = collections.Counter()
        self.examples: dict[str, str] = {}
        self.seen: collections.Counter = collections.Counter()
        self.unique: dict[str, set] = collections.defaultdict(set)
        self.longest = 0

    def check(self, sender: str, recipients: list[str], content: bytes) -> None:
        def demand(holds, fault: str) -> None:
            if not holds:
                self.faults[fault] += 1
                self.examples.setdefault(fault, content[:3000].decode("utf-8", "replace"))

        demand(len(recipients) == 1, "the envelope has not exactly one recipient")
        demand(sender == self.expected.from_address, "the envelope's sender")
        self.seen[recipients[0]] += 1
        self._bytes(content, demand)
        message = email.message_from_bytes(content, policy=email.policy.SMTP)
        try:
            self._headers(message, recipients[0], demand)
            self._parts(message, recipients[0], demand)
        except Exception as error:  # The parser gives up on some wrong headers in its own ways.
            demand(False, f"the mail cannot be parsed: {error!r}")
        self._signature(content, demand)

    def missing(self) -> list[str]:
        return [address for address in self.people if self.seen[address] == 0]

    def doubled(self) -> list[str]:
        return [address for address, times in self.seen.items() if times > 1]

    def _bytes(self, content: bytes, demand) -> None:
        lines = content.split(b"\r\n")
        self.longest = max(self.longest, max(map(len, lines)))
        demand(not re.search(rb"(?<!\r)\n|\r(?!\n)", content), "a bare CR or LF (RFC 5322 2.3)")
        demand(max(map(len, lines)) <= 998, "a line over 998 bytes (RFC 5322 2.1.1)")
        demand(content.isascii(), "bytes over 127 without 8BITMIME")
        head = content.split(b"\r\n\r\n", 1)[0]
        demand(max(map(len, head.split(b"\r\n"))) <= 998, "a header line over 998 bytes")

    def _headers(self, message, recipient: str, demand) -> None:
        expected, person = self.expected, self.people.get(recipient)
        demand(person is not None, "a recipient whom nobody chose")
        if person is None:
            return
        for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
                     "List-Unsubscribe", "List-Unsubscribe-Post", "DKIM-Signature", "X-Ondo-Send"):
            demand(len(message.get_all(name, [])) == 1, f"{name} is not there exactly once")
        for name in ("Bcc", "Cc", "Sender", "Resent-To"):
            demand(name not in message, f"{name} is there")
        for name, value in message.items():
            demand(not getattr(value, "defects", ()), f"{name} has defects: {getattr(value, 'defects', ())}")
        demand(mailboxes(message, "From") == [(expected.from_name, expected.from_address)], "the sender")
        demand(mailboxes(message, "To") == [(person.shown, recipient)], f"the recipient {person.shown!r}")
        demand(message["Subject"] == person.subject, f"the subject {person.subject!r}")
        when = message["Date"].datetime
        now = datetime.datetime.now(datetime.timezone.utc)
        demand(when.tzinfo is not None and expected.began <= when <= now, "the date")
        self._unique(message, demand)

    def _unique(self, message, demand) -> None:
        identity = str(message["Message-ID"])
        demand(re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", identity), "the form of Message-ID")
        url = re.escape(self.expected.public_url)
        address = re.escape(self.expected.from_address)
        refusal = re.fullmatch(
            rf"<({url}/u/[\w.~-]+)>, <mailto:{address}\?subject=unsubscribe>", str(message["List-Unsubscribe"])
        )
        demand(refusal, "List-Unsubscribe (https and mailto, RFC 2369)")
        demand(message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", "List-Unsubscribe-Post (RFC 8058)")
        for name, value in (
            ("Message-ID", identity),
            ("X-Ondo-Send", str(message["X-Ondo-Send"])),
            ("List-Unsubscribe", refusal and refusal.group(1)),
        ):
            demand(value not in self.unique[name], f"{name} twice")
            self.unique[name].add(value)

    def _parts(self, message, recipient: str, demand) -> None:
        demand(message.get_content_type() == "multipart/alternative", "multipart/alternative")
        parts = list(message.iter_parts())
        demand([part.get_content_type() for part in parts] == ["text/plain", "text/html"], "text part, then HTML part")
        if len(parts) != 2:
            return
        for part in [message, *parts]:
            demand(not part.defects, f"a part has defects: {part.defects}")
        demand(all(part.get_content_charset() == "utf-8" for part in parts), "the parts are UTF-8")
        text, html = (part.get_content() for part in parts)
        demand("オープンキャンパス" in text and "<p" not in text, "the text part")
        person = self.people.get(recipient)
        if person is not None:
            # The text part breaks long lines; where a name is broken is not looked at.
            written = html_module.unescape(html)
            demand(blank(person.shown) in blank(text), f"the text names the person {person.shown!r}")
            demand(blank(person.name) in blank(written), f"the HTML names the person {person.shown!r}")
        demand(f'{self.expected.public_url}/t/c/' in html, "the links of the HTML part are tracked")
        demand(f'{self.expected.public_url}/t/o/' in html, "the HTML part has its pixel")
        refusal = str(message["List-Unsubscribe"]).split(">")[0].lstrip("<")
        demand(refusal in text and refusal in html, "both parts carry the refusal address in one piece")
        demand("配信を停止" in html and "配信を停止" in text, "both parts say how to refuse")

    def _signature(self, content: bytes, demand) -> None:
        verifier = dkim.DKIM(content, minkey=2048)
        try:
            valid = verifier.verify(dnsfunc=lambda name, timeout=5: self.expected.dns.get(name))
        except dkim.DKIMException as error:
            valid, fault = False, f"DKIM: {error}"
        else:
            fault = "the DKIM signature is not valid"
        demand(valid, fault)
        covered = [name.strip().lower() for name in verifier.signature_fields.get(b"h", b"").split(b":")]
        for name in SIGNED:
            demand(name in covered, f"DKIM does not cover {name.decode()}")
        demand(verifier.signature_fields.get(b"d") == self.expected.domain.encode(), "DKIM's domain")
