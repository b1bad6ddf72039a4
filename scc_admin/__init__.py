"""The core of scc_admin: no Qt, no network."""

import os

__version__ = "0.1.0"

# Before anything reads numpy: its vectors are short, and a second thread for each product costs
# more than it does; on a machine with other work to do, fifty times more.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
