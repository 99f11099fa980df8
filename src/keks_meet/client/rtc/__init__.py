# SPDX-License-Identifier: AGPL-3.0-only
"""Peer connections, data channels and tracks on `wrtc`, which nothing outside of this package knows."""

import os
from typing import Final

_FIELD_TRIALS: Final = "WebRTC-IceHandshakeDtls/Enabled/WebRTC-Sctp-Snap/Enabled/"
"""What the engine does before all others do: the handshake of DTLS in the first packets of ICE, that of SCTP in the
descriptions. Between programs a channel opens two round trips earlier; who does not know it takes no notice."""

# The engine reads it once, when it is imported.
os.environ.setdefault("WRTC_FIELD_TRIALS", _FIELD_TRIALS)
