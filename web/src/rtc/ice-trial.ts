// SPDX-License-Identifier: AGPL-3.0-only
/** Tries STUN and TURN servers: looks for candidates, and lets a relayed connection from here to here carry bytes. */

import type { Found, Gathered } from "../core/connection-test.ts";

/** The time that gathering and connecting may take, in milliseconds. Engines give a STUN server up after ten seconds. */
const patience = 15_000;

/** @returns what one server brings, at the first candidate of the wanted type or at the end */
export async function gather(server: RTCIceServer, wanted: "srflx" | "relay"): Promise<Gathered> {
  const policy = wanted === "relay" ? "relay" : "all";
  const connection = new RTCPeerConnection({ iceServers: [server], iceTransportPolicy: policy });
  const [candidates, errors]: [Found[], number[]] = [[], []];
  try {
    const isComplete = await new Promise<boolean>((done) => {
      setTimeout(done, patience, false);
      connection.addEventListener("icecandidateerror", ({ errorCode }) => errors.push(errorCode));
      connection.addEventListener("icecandidate", ({ candidate }) => {
        if (candidate?.type) candidates.push(candidate);
        if (candidate?.type === wanted || !candidate) done(true);
      });
      connection.createDataChannel("");
      void connection.setLocalDescription();
    });
    return { candidates, errors, isComplete, tellsErrors: "onicecandidateerror" in connection };
  } finally {
    connection.close();
  }
}

/** @returns whether two connections from here, both through the relay, carry bytes to each other */
export async function carries(server: RTCIceServer): Promise<boolean> {
  const configuration: RTCConfiguration = { iceServers: [server], iceTransportPolicy: "relay" };
  const [one, other] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  try {
    const [from, to] = [one, other];
    from.addEventListener("icecandidate", ({ candidate }) => void to.addIceCandidate(candidate ?? undefined));
    to.addEventListener("icecandidate", ({ candidate }) => void from.addIceCandidate(candidate ?? undefined));
    return await Promise.race([echo(from, to), new Promise<false>((done) => setTimeout(done, patience, false))]);
  } catch {
    return false;
  } finally {
    one.close();
    other.close();
  }
}

/** Sends random bytes there and back. */
async function echo(from: RTCPeerConnection, to: RTCPeerConnection): Promise<boolean> {
  const channel = from.createDataChannel("");
  channel.binaryType = "arraybuffer";
  to.addEventListener("datachannel", ({ channel: back }) => {
    back.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => back.send(data));
  });
  await from.setLocalDescription();
  if (from.localDescription) await to.setRemoteDescription(from.localDescription);
  await to.setLocalDescription();
  if (to.localDescription) await from.setRemoteDescription(to.localDescription);
  const sent = crypto.getRandomValues(new Uint8Array(1000));
  return new Promise<boolean>((done) => {
    channel.addEventListener("open", () => channel.send(sent));
    channel.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => {
      done(new Uint8Array(data).every((byte, at) => byte === sent[at]));
    });
  });
}
