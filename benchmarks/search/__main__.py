"""`python -m benchmarks.search [--posts 100000] [--words 4] [--json FILE]`: searches, on both databases.

For a visitor, a customer and an agent, beside the bare index without rights and beside `LIKE` with them.
Ends with an error when two that read the same rows with the same rights find different threads.
"""

import sys

from benchmarks.both import on_both

if __name__ == "__main__":
    sys.exit(on_both("benchmarks.search", __doc__, sys.argv[1:], posts=100_000, words=4))
