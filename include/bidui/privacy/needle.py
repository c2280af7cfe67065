"""What is looked for: values of people, found in a stream of bytes whatever the encoding."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

# Numbers of people are long: ID numbers (15, 18), bank accounts, telephones (11). Shorter runs of digits are everywhere.
_NUMBER = re.compile(rb"(?<![0-9A-Za-z])[0-9]{11,}[0-9Xx]?(?![0-9A-Za-z])")
_SHORTEST_NUMBER = 11
_ENCODINGS = ("utf-8", "gb18030", "utf-16-le")


class Needles:
    """The values looked for. Thousands of numbers cost one look-up per run of digits; texts (names) are to be few."""

    def __init__(self, values: Iterable[str]) -> None:
        """Numbers of fewer than eleven digits are ignored: they are dates, codes and counts too."""
        self.numbers: dict[bytes, str] = {}
        texts: dict[bytes, str] = {}
        for value in values:
            if re.fullmatch(r"[0-9]+[Xx]?", value):
                if len(value) >= _SHORTEST_NUMBER:
                    self.numbers[value.upper().encode()] = value
            elif value:
                texts |= dict.fromkeys(_forms(value), value)
        self.texts = texts
        self._text = re.compile(b"|".join(re.escape(form) for form in texts)) if texts else None
        self.overlap = max((len(form) for form in texts), default=0) + 64

    def __len__(self) -> int:
        return len(self.numbers) + len(set(self.texts.values()))

    def found_in(self, chunks: Iterable[bytes]) -> set[str]:
        """Return the values that occur in a stream, also across the borders of its chunks."""
        found: set[str] = set()
        tail = b""
        for chunk in chunks:
            window = tail + chunk
            found.update(self._in(window))
            tail = window[-self.overlap :]
        return found

    def _in(self, data: bytes) -> Iterator[str]:
        for match in _NUMBER.finditer(data):
            value = self.numbers.get(match.group().upper())
            if value is not None:
                yield value
        if self._text is not None:
            for match in self._text.finditer(data):
                yield self.texts[match.group()]


def _forms(value: str) -> set[bytes]:
    """A text as it may have been written: in each encoding, escaped in JSON or Python, in an address."""
    escaped = json.dumps(value)[1:-1]
    return {value.encode(encoding) for encoding in _ENCODINGS} | {
        escaped.encode(),
        escaped.upper().replace("\\U", "\\u").encode(),
        quote(value).encode(),
    }
