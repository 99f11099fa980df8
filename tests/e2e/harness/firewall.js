// SPDX-License-Identifier: AGPL-3.0-only
// Runs in a page before its own scripts: every address that a peer offers leads to a port where nobody answers, as
// behind a firewall that drops what it does not know.
(() => {
  const Native = globalThis.RTCPeerConnection;
  const nowhere = (text) => text.replaceAll(/(candidate:\S+ \d \S+ \d+ )\S+ \d+/g, "$1127.0.0.1 64999");

  globalThis.RTCPeerConnection = class Blocked extends Native {
    addIceCandidate(candidate) {
      return super.addIceCandidate({ ...candidate, candidate: nowhere(candidate.candidate) });
    }

    setRemoteDescription({ type, sdp }) {
      return super.setRemoteDescription({ type, sdp: nowhere(sdp) });
    }
  };
})();
