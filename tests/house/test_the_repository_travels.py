"""Nothing in the repository names the machine that it was written on, or the place packages came from."""

import re

from tests.house.files import must_be_none, project_files, text

# Put together here, so that this file does not name them either.
HOSTS = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "deb.debian" + ".org",
    "archive.ubuntu" + ".com",
    "crates" + ".io",
    "proxy.golang" + ".org",
    "repo.maven.apache" + ".org",
]
MACHINE_PATH = re.compile(r"(?<![\w./-])/(?:home/\w|Users/\w|root/|work/)")
PICTURES = {".png", ".jpg", ".ico", ".woff2", ".parquet", ".mo"}


def test_no_file_names_a_package_registry():
    found = [f"{path}: {host}" for path in _readable() for host in HOSTS if host in text(path)]
    must_be_none(found, "a mirror must serve as well: leave the address out:")


def test_no_file_names_a_folder_of_one_machine():
    found = [
        f"{path}:{number}: {line.strip()[:80]}"
        for path in _readable()
        for number, line in enumerate(text(path).splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    must_be_none(found, "write a path relative to the repository:")


def _readable():
    return [path for path in project_files() if path.suffix not in PICTURES]
