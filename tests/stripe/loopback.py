"""Runs a server's module by its name: on this machine's loopback alone, and without the file it keeps.

`python loopback.py MODULE KEPT_FILE ARGUMENT…`, in that server's own environment. The server is somebody
else's and would listen on every network and write every card it is told to a file; neither happens here.
"""

import builtins
import io
import runpy
import socket
import sys
from typing import Any

module, kept_file, *arguments = sys.argv[1:]
_open = builtins.open


class Loopback(socket.socket):
    def __init__(self, family: int = -1, type: int = -1, proto: int = -1, fileno: Any = None) -> None:
        if fileno is None and family == socket.AF_INET6:
            family = socket.AF_INET
        super().__init__(family, type, proto, fileno)

    def bind(self, address: Any) -> None:
        super().bind(("127.0.0.1", address[1]))


def open_but_the_kept_file(file: Any, mode: str = "r", *rest: Any, **known: Any) -> Any:
    return io.BytesIO() if file == kept_file else _open(file, mode, *rest, **known)


socket.socket = Loopback  # type: ignore[misc]
builtins.open = open_but_the_kept_file
sys.argv = [module, *arguments]
runpy.run_module(module, run_name="__main__")
