// SPDX-License-Identifier: AGPL-3.0-only
// Runs in a page before its own scripts: once `deaf` is set, no description of a peer can be taken any more.
(() => {
  const Native = globalThis.RTCPeerConnection;

  globalThis.RTCPeerConnection = class Deaf extends Native {
    setRemoteDescription(description) {
      return globalThis.deaf ? Promise.reject(new Error("deaf")) : super.setRemoteDescription(description);
    }
  };
})();
