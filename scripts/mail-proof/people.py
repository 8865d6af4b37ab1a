"""The recipients, and what each of them must read."""

import csv
import re

#: Names that try to become more than a name: recipients, headers, encoded words, long lines.
HOSTILE = [
    'A, "B" <x@attacker.example>',
    "x@attacker.example",
    "佐藤 <x@attacker.example>, 花子",
    "=?utf-8?B?QmNjOiB4QGF0dGFja2VyLmV4YW1wbGU=?=",
    "=?utf-8?Q?A=0D=0ABcc:_x@attacker.example?=",
    "(comment) \\\" ; : [group]: x@attacker.example;",
    "改行のない\u2028Bcc: x@attacker.example",
    "髙橋 﨑 𠮷野家 🌸 ①㈱",
    "長" * 60,
    "a" * 100,
    ".",
    "--boundary",
    "From nobody",
]
FAMILY = ["佐藤", "鈴木", "髙橋", "田中", "渡邊", "伊藤", "山﨑", "中村", "小林", "加藤"]
GIVEN = ["花子", "太郎", "さくら", "翔太", "陽菜", "大輔", "美咲", "健一", "結衣", "蓮"]


class Person:
    """One recipient."""

    def __init__(self, number: int):
        self.address = f"lead-{number}@example.com"
        if number < len(HOSTILE):
            self.name = HOSTILE[number]
        else:
            self.name = f"{FAMILY[number % 10]}　{GIVEN[number // 10 % 10]}{number}"

    @property
    def shown(self) -> str:
        """The name on one line: a break of lines becomes a space."""
        return re.sub(r"[\s\u2028\u2029]+", " ", self.name.replace("\u3000", "\0")).replace("\0", "\u3000").strip()

    @property
    def subject(self) -> str:
        """The subject of the template for this person."""
        return f"{self.shown}様へ　オープンキャンパス２０２７のご案内（申込受付中）"


def write_csv(people: list[Person], path) -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["email", "name"])
        rows.writerows((person.address, person.name) for person in people)
