"""The product, as an operator and a program see it: its command line, its forms, its interface."""

import html.parser
import http.client
import json
import os
import pathlib
import re
import socket
import subprocess
import time
import urllib.parse

PASSWORD = "correct horse battery staple"
ADMINISTRATOR = "admin@example.jp"


class Forms(html.parser.HTMLParser):
    """Every form of a page with the values that a browser would send."""

    def __init__(self, page: str):
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self._text: str | None = None
        self._select: str | None = None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append((given.get("action", ""), []))
        if not self.forms:
            return
        fields, name = self.forms[-1][1], given.get("name")
        if tag == "option" and self._select and ("selected" in given or not self._has(self._select)):
            fields[:] = [field for field in fields if field[0] != self._select]
            fields.append((self._select, given.get("value", "")))
        if tag == "select":
            self._select = name
        if tag == "textarea" and name:
            self._text = name
            fields.append((name, ""))
        if tag == "input" and name and given.get("type") not in ("submit", "button", "file"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                fields.append((name, given.get("value", "on")))

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._text = None

    def handle_data(self, data):
        if self._text and self.forms:
            name, value = self.forms[-1][1][-1]
            self.forms[-1][1][-1] = (name, value + data)

    def _has(self, name: str) -> bool:
        return any(field[0] == name for field in self.forms[-1][1])

    def to(self, action: str) -> list[tuple[str, str]]:
        for found, fields in self.forms:
            if urllib.parse.urlsplit(found).path == action:
                return fields
        raise SystemExit(f"there is no form to {action}, only {[found for found, _ in self.forms]}")


class Product:
    """A running `ondo serve` with an administrator who is signed in."""

    def __init__(self, binary: str, folder: pathlib.Path, public_url: str):
        self.binary, self.folder, self.public_url = str(pathlib.Path(binary).resolve()), folder, public_url
        self.port = free_port()
        self.process: subprocess.Popen | None = None
        self.cookies: dict[str, str] = {}
        self.token = ""
        known = {name: os.environ[name] for name in ("PATH", "ONDO_PG_BIN") if name in os.environ}
        self.environment = known | {
            "ONDO_DATA_DIR": str(folder / "data"),
            "ONDO_PORT": str(self.port),
            "ONDO_PUBLIC_URL": public_url,
            "ONDO_SETUP_PASSWORD": PASSWORD,
            "ONDO_LOG_LEVEL": "warn",
        }

    def command(self, *arguments: str, codes=(0,)) -> str:
        done = subprocess.run([self.binary, *arguments], env=self.environment, cwd=self.folder, capture_output=True, text=True)
        if done.returncode not in codes:
            raise SystemExit(f"ondo {' '.join(arguments)}: {done.stderr}")
        return done.stdout + done.stderr

    def set_up(self, leads: pathlib.Path) -> None:
        self.command("setup", "--organisation", "学校法人春日学園", "--name", "管理 太郎", "--email", ADMINISTRATOR)
        self.command("import", str(leads))

    def start(self) -> None:
        log = open(self.folder / "ondo.log", "ab")
        self.process = subprocess.Popen([self.binary, "serve"], env=self.environment, cwd=self.folder, stderr=log, stdout=log)
        for _ in range(600):
            try:
                if self.get("/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the product does not come up: " + (self.folder / "ondo.log").read_text()[-2000:])

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=60)

    def sign_in(self) -> None:
        self.submit("/login", "/login", {"email": ADMINISTRATOR, "password": PASSWORD})
        page = self.submit(
            "/ui/settings/api-tokens",
            "/ui/settings/api-tokens",
            {"name": "proof", "scope": ["broadcasts:read", "broadcasts:write"]},
        )
        self.token = re.search(r"ondo_[0-9A-Za-z_-]{40,}", page).group(0)

    def submit(self, page: str, action: str, values: dict) -> str:
        """Opens a page, fills in its form as a person would, and sends it."""
        status, text, _ = self.get(page)
        if status != 200:
            raise SystemExit(f"GET {page}: {status}")
        fields = [field for field in Forms(text).to(action) if field[0] not in values]
        for name, value in values.items():
            fields += [(name, one) for one in (value if isinstance(value, list) else [value])]
        body = urllib.parse.urlencode(fields).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, text, location = self.request("POST", action, body, headers)
        if status >= 400 or (status == 200 and "is-invalid" in text):
            raise SystemExit(f"POST {action}: {status}\n{text[:4000]}")
        return location or text

    def call(self, method: str, path: str, body=None) -> dict:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        payload = None if body is None else json.dumps(body).encode()
        status, text, _ = self.request(method, path, payload, headers, cookies=False)
        if status >= 400:
            raise SystemExit(f"{method} {path}: {status} {text}")
        return json.loads(text)

    def get(self, path: str):
        return self.request("GET", path, None, {})

    def request(self, method: str, path: str, body, headers: dict, cookies=True):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if cookies:
            headers = headers | {"Origin": self.public_url, "Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = response.read().decode()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie" and cookies:
                cookie, _, kept = value.split(";")[0].partition("=")
                self.cookies[cookie] = kept
        connection.close()
        return response.status, text, response.headers.get("Location")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
