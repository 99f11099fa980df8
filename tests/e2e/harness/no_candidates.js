// SPDX-License-Identifier: AGPL-3.0-only
// Runs in a page before its own scripts: no address that a peer offers reaches the engine, which then tries for ever.
(() => {
  const Native = globalThis.RTCPeerConnection;

  globalThis.RTCPeerConnection = class Deaf extends Native {
    addIceCandidate() {
      return Promise.resolve();
    }

    setRemoteDescription({ type, sdp }) {
      return super.setRemoteDescription({ type, sdp: sdp.replaceAll(/^a=candidate:.*\r\n/gm, "") });
    }
  };
})();
