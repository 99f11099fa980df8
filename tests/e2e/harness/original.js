// SPDX-License-Identifier: AGPL-3.0-only
// A stand-in for a client that knows none of our extensions: no instance, no features, always yields to a colliding
// offer, sends files as messages of 32 KiB and the text "end" (or nothing, or closes the channel at once, as release 1.0
// does), and drops messages that it does not know.
// It has the original web client's other habits, too: it leaves it to the sender to close a file's channel, stops the
// transceiver of a stream that it no longer shares, and may fail to offer (`isMute`) after offers have collided.
(() => {
  const base64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
  const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

  async function derive(secret, salt) {
    const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-512", salt: bytesOf(salt), iterations: 250000 };
    return crypto.subtle.deriveBits(how, material, 256);
  }

  /** Joins a room; `files` are { id: Uint8Array } on offer, `ending` is what follows the bytes: "end", "close" or nothing. */
  async function join(secret, username, files = {}, ending = "end") {
    const raw = await derive(secret, "keksmeet/cryptosaltAAA==");
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    const hash = Array.from(new Uint8Array(await derive(secret, "keksmeet/roomhashsaltA==")), (byte) =>
      byte.toString(16).padStart(2, "0"),
    ).join("");
    const peers = new Map();
    const seen = { files: [], chat: [], names: [], received: [], texts: [], kinds: [], ended: [], closed: [], setups: [] };
    const streams = new Map();
    const habits = { isMute: false };
    const socket = new WebSocket(`${location.origin.replace("http", "ws")}/signaling`);
    let ownId;
    let queue = Promise.resolve();

    const say = (recipient, inner) => {
      queue = queue.then(async () => {
        const nonce = crypto.getRandomValues(new Uint8Array(12));
        const plaintext = new TextEncoder().encode(JSON.stringify({ sender: ownId, inner }));
        const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, plaintext);
        const message = base64(new Uint8Array([...nonce, ...new Uint8Array(sealed)]));
        socket.send(JSON.stringify({ relay: recipient === undefined ? { message } : { recipient, message } }));
      });
    };

    function peer(id) {
      if (peers.has(id)) return peers.get(id);
      const connection = new RTCPeerConnection();
      connection.onicecandidate = ({ candidate }) => candidate && say(id, { ice_candidate: candidate.toJSON() });
      connection.onnegotiationneeded = async () => {
        if (habits.isMute) return;
        await connection.setLocalDescription();
        say(id, { offer: connection.localDescription.sdp });
      };
      connection.ondatachannel = ({ channel }) => receive(channel);
      peers.set(id, connection);
      return connection;
    }

    function receive(channel) {
      const parts = [];
      channel.binaryType = "arraybuffer";
      channel.onmessage = ({ data }) => {
        if (typeof data === "string") seen.texts.push(data);
        else parts.push(data);
        if (data === "end") seen.ended.push(performance.now());
      };
      channel.onclose = async () => {
        seen.closed.push(performance.now());
        const digest = await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer());
        const sizes = parts.map((part) => part.byteLength);
        seen.received.push({ label: channel.label, sha256: base64(digest), largest: Math.max(0, ...sizes) });
      };
    }

    function send(connection, id) {
      const channel = connection.createDataChannel(id);
      channel.bufferedAmountLowThreshold = 65536;
      channel.onopen = async () => {
        for (let at = 0; at < files[id].length; at += 32768) {
          if (channel.bufferedAmount > 1048576) await new Promise((low) => (channel.onbufferedamountlow = low));
          channel.send(files[id].slice(at, at + 32768));
        }
        if (ending === "end") channel.send("end");
        if (ending === "close") channel.close();
      };
    }

    async function hear(sender, inner) {
      seen.kinds.push(...Object.keys(inner));
      if (inner.identify) seen.names.push(inner.identify.username);
      if (inner.chat) seen.chat.push(inner.chat);
      if (inner.provide) seen.files.push({ sender, ...inner.provide });
      const stream = streams.get(inner.request?.id);
      for (const track of stream?.getTracks() ?? []) peer(sender).addTrack(track, stream);
      if (inner.answer) seen.setups.push(...inner.answer.match(/^a=setup:\w+/gm));
      if (inner.request && inner.request.id in files) send(peer(sender), inner.request.id);
      if (inner.offer) {
        await peer(sender).setRemoteDescription({ type: "offer", sdp: inner.offer });
        await peer(sender).setLocalDescription();
        say(sender, { answer: peer(sender).localDescription.sdp });
      }
      if (inner.answer && peer(sender).signalingState === "have-local-offer") {
        await peer(sender).setRemoteDescription({ type: "answer", sdp: inner.answer });
      }
      if (inner.ice_candidate) await peer(sender).addIceCandidate(inner.ice_candidate).catch(() => undefined);
    }

    let incoming = Promise.resolve();
    socket.onmessage = ({ data }) => {
      incoming = incoming.then(async () => {
        const packet = JSON.parse(data);
        if (packet.init) {
          ownId = packet.init.your_id;
          socket.send(JSON.stringify({ join: { hash } }));
        }
        if (packet.client_join && packet.client_join.id !== ownId) {
          say(packet.client_join.id, { identify: { username } });
          for (const id of Object.keys(files)) {
            say(packet.client_join.id, { provide: { id, kind: "file", label: `${id}.bin`, size: files[id].length } });
          }
        }
        if (packet.message) {
          const sealed = bytesOf(packet.message.message);
          const how = { name: "AES-GCM", iv: sealed.slice(0, 12) };
          const plaintext = await crypto.subtle.decrypt(how, key, sealed.slice(12));
          await hear(packet.message.sender, JSON.parse(new TextDecoder().decode(plaintext)).inner);
        }
      });
    };
    /** Shares a stream of the fake devices. */
    async function share(kind) {
      const stream = await navigator.mediaDevices.getUserMedia({ [kind]: true });
      streams.set(stream.id, stream);
      say(undefined, { provide: { id: stream.id, kind: "track", track_kind: kind, label: kind } });
      return stream.id;
    }

    /** Shares it no longer, as a person who presses "disable" there. */
    function unshare(id) {
      const stopped = streams.get(id).getTracks();
      for (const connection of peers.values()) {
        for (const transceiver of connection.getTransceivers()) {
          if (stopped.includes(transceiver.sender.track)) transceiver.stop();
        }
      }
      say(undefined, { provide_stop: { id } });
    }
    return { seen, say, peers, share, unshare, habits };
  }

  Object.defineProperty(globalThis, "original", { value: { join } });
})();
