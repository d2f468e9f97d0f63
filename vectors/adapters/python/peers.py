# SPDX-License-Identifier: CC0-1.0
"""Where ci/setup.sh puts packages; those that are installed in the usual way come first."""

import os
import sys

FOLDER = os.environ.get("RTMPSPEC_PEERS_DIR") or os.path.expanduser("~/.cache/rtmpspec-peers")
sys.path.append(os.path.join(FOLDER, "python"))
