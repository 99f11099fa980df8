// SPDX-License-Identifier: AGPL-3.0-only
// Runs in a page before its own scripts: every address that a peer offers is one of the lossy way that leads there.
(() => {
  const Native = globalThis.RTCPeerConnection;
  const udp = /(candidate:\S+ \d udp \d+ )127\.0\.0\.1 (\d+)/gi;

  async function through(text) {
    const ports = [...text.matchAll(udp)].map(([, , port]) => port);
    const ways = new Map(await Promise.all(ports.map(async (port) => [port, await lossyWay(Number(port))])));
    return text.replaceAll(udp, (_, before, port) => `${before}127.0.0.1 ${ways.get(port)}`);
  }

  globalThis.RTCPeerConnection = class Lossy extends Native {
    async addIceCandidate(candidate) {
      if (!/ udp /i.test(candidate.candidate)) return;
      await super.addIceCandidate({ ...candidate, candidate: await through(candidate.candidate) });
    }

    async setRemoteDescription({ type, sdp }) {
      await super.setRemoteDescription({ type, sdp: await through(sdp.replaceAll(/a=candidate:\S+ \d tcp .*\r\n/gi, "")) });
    }
  };
})();
