# SPDX-License-Identifier: AGPL-3.0-only
"""What holds for all tests."""

import os

# No test leaves keys, or people, in the state folder of whoever runs it; those that are about keys name a folder.
os.environ["KEKS_IDENTITY_SCOPE"] = "visit"
# Programs that tests start, and those that they are forked from, meet on the loopback interface.
os.environ["WRTC_ALLOW_LOOPBACK"] = "1"
