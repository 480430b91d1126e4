"""`python -m benchmarks.thread_page [--posts 500] [--requests 40] [--json FILE]`: on both databases.

Whole requests through Django's test client: the page of a long thread where it begins and where it ends, its
posts by the API, and beside them the same posts in one bare template and as one JSON text.
"""

import sys

from benchmarks.both import on_both

if __name__ == "__main__":
    sys.exit(on_both("benchmarks.thread_page", __doc__, sys.argv[1:], posts=500, requests=40))
