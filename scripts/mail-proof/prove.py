"""Sends a broadcast through the product to aiosmtpd, and looks at every mail that arrives."""

import argparse
import base64
import datetime
import pathlib
import shutil
import sys
import tempfile
import time

from aiosmtpd.controller import Controller
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from people import Person, write_csv
from product import Product, free_port
from verify import Expected, Verifier

PUBLIC_URL = "https://ondo.example.jp"
SENDER = ("春日大学　入試・広報課（公式）", "nyushi@kasuga.example.jp")
DOMAIN, SELECTOR = "kasuga.example.jp", "ondo"
HTML = """<html lang="ja"><body><p>{{ name }}様</p>
<p>オープンキャンパス２０２７のご案内です。</p>
.
<p>. 行頭の点</p>
<p><a href="https://kasuga.example.jp/oc?year=2027&amp;from=mail">申し込む</a></p>
%s
</body></html>""" % "\n".join(f"<p>{number} 長い本文の行。{'あ' * 80}</p>" for number in range(40))


class Mailbox:
    """Takes whatever comes."""

    def __init__(self):
        self.mails: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        return "250 taken"


def key_pair() -> tuple[str, dict[bytes, bytes]]:
    """A private key as the settings take it, and the record that a DNS server would publish."""
    private = rsa.generate_private_key(65537, 2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    name = f"{SELECTOR}._domainkey.{DOMAIN}.".encode()
    return pem.decode(), {name: b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)}


def settle(product: Product, smtp_port: int, private_key: str) -> None:
    name, address = SENDER
    product.submit("/ui/settings/sender", "/ui/settings/sender", {
        "from_name": name, "from_address": address, "organisation": "学校法人春日学園",
        "postal_address": "東京都千代田区春日1-1-1", "contact": "03-0000-0000",
    })
    product.submit("/ui/settings/mail", "/ui/settings/mail", {
        "kind": "smtp", "hourly_limit": "", "smtp_host": "127.0.0.1", "smtp_port": str(smtp_port),
        "smtp_encryption": "none", "dkim_domain": DOMAIN, "dkim_selector": SELECTOR,
        "dkim_private_key": private_key,
    })
    location = product.submit("/ui/templates/new?mode=code", "/ui/templates", {
        "name": "証明", "mode": "code", "body": HTML,
        "subject": "{{ name }}様へ　オープンキャンパス２０２７のご案内（申込受付中）",
    })
    template = location.rstrip("/").split("?")[0].split("/")
    product.template = next(part for part in reversed(template) if len(part) == 36)


def broadcast(product: Product, mailbox: Mailbox) -> tuple[dict, float]:
    """Sends to everybody; the counts at the end, and how long it took."""
    new = {"name": "証明", "template_id": product.template, "start": True}
    began = time.monotonic()
    made = product.call("POST", "/api/v1/broadcasts", new)
    while True:
        time.sleep(1)
        state = product.call("GET", f"/api/v1/broadcasts/{made['id']}")
        sends = state["counts"]["sends"]
        print(f"  {state['status']}: {sends.get('accepted', 0)} accepted, {len(mailbox.mails)} arrived", file=sys.stderr)
        if state["status"] == "completed":
            return sends, time.monotonic() - began
        if time.monotonic() - began > 3600:
            raise SystemExit("the broadcast does not complete")


def judge(verifier: Verifier, mails: int, sends: dict, seconds: float) -> bool:
    accepted = sends.get("accepted", 0)
    print(f"mails asked for     {mails}")
    print(f"accepted by the log {accepted}, others {({k: v for k, v in sends.items() if v and k != 'accepted'})}")
    print(f"received            {sum(verifier.seen.values())} in {seconds:.1f} s")
    print(f"missing             {len(verifier.missing())}")
    print(f"received twice      {len(verifier.doubled())}")
    print(f"longest line        {verifier.longest} bytes")
    print(f"faults              {sum(verifier.faults.values())}")
    for fault, count in verifier.faults.most_common():
        print(f"  {count} x {fault}")
    for fault, example in list(verifier.examples.items())[:2]:
        print(f"--- {fault}\n{example}")
    return accepted == mails and not (verifier.missing() or verifier.doubled() or verifier.faults)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--binary", required=True)
    options.add_argument("--mails", type=int, default=10_000)
    options = options.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ondo-mail-proof-"))
    # The private PostgreSQL's account passes through where we are root.
    folder.chmod(0o711)
    people = [Person(number) for number in range(options.mails)]
    write_csv(people, folder / "leads.csv")
    mailbox = Mailbox()
    server = Controller(mailbox, hostname="127.0.0.1", port=free_port(), data_size_limit=32 * 1024 * 1024)
    server.start()
    product = Product(options.binary, folder, PUBLIC_URL)
    private_key, dns = key_pair()
    began = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    try:
        product.set_up(folder / "leads.csv")
        product.start()
        product.sign_in()
        settle(product, server.port, private_key)
        sends, seconds = broadcast(product, mailbox)
    finally:
        product.stop()
        server.stop()
        print((folder / "ondo.log").read_text()[-3000:] if (folder / "ondo.log").exists() else "", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
    expected = Expected(*SENDER, PUBLIC_URL, DOMAIN, SELECTOR, dns, began)
    verifier = Verifier(expected, {person.address: person for person in people})
    for mail in mailbox.mails:
        verifier.check(*mail)
    return 0 if judge(verifier, options.mails, sends, seconds) else 1


if __name__ == "__main__":
    sys.exit(main())
