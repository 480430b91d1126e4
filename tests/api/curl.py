"""As much of curl as docs/api.md uses, for machines without it: -s -i -X -H -d URL, with -d @FILE."""

import argparse
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("-s", action="store_true")
    parser.add_argument("-i", action="store_true")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("-d", dest="data")
    parser.add_argument("url")
    given = parser.parse_args()
    request = Request(given.url, _body(given.data), method=given.method)
    for header in given.headers:
        name, _, value = header.partition(": ")
        request.add_header(name, value)
    try:
        answer = urlopen(request)
    except HTTPError as error:
        answer = error
    if given.i:
        lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        sys.stdout.write("\r\n".join([*lines, "", ""]))
    sys.stdout.write(answer.read().decode())


def _body(data: str | None) -> bytes | None:
    """What is given, or what stands in the file that is given as @name."""
    if data and data.startswith("@"):
        return Path(data[1:]).read_bytes()
    return data.encode() if data else None


main()
