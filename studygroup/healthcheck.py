"""Exit with 0 where this machine's web process is well. A script of its own, so that asking costs no Django.

It asks as the reverse proxy would: for the first host of ALLOWED_HOSTS, over what was HTTPS outside.
"""

import http.client
import os
import sys


def main() -> None:
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        connection.request("GET", "/health/", headers={"Host": host, "X-Forwarded-Proto": "https"})
        status = connection.getresponse().status
    except OSError as refusal:
        sys.exit(f"The web process does not answer: {refusal}")
    if status != 200:
        sys.exit(f"The web process answers {status}.")


if __name__ == "__main__":
    main()
