"""`python -m stepcheck NOTE.md` and `python -m stepcheck cases FILE.jsonl…`."""

import sys

from .cli import main

sys.exit(main(sys.argv[1:]))
