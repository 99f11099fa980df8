// SPDX-License-Identifier: AGPL-3.0-only
import { afterEach, describe, expect, test, vi } from "vitest";
import { Ice } from "../src/rtc/ice.ts";
import { type ConnectionListener, PeerConnection } from "../src/rtc/peer-connection.ts";

const described = (fragment: string): string => `v=0\r\na=ice-ufrag:${fragment}\r\n`;

/** An engine, as far as it takes descriptions. */
class Engine extends EventTarget {
  remoteDescription: RTCSessionDescriptionInit | null = null;
  readonly signalingState = "stable";
  readonly connectionState = "new";

  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    this.remoteDescription = description;
    return Promise.resolve();
  }
}

describe("credentials for an answer", () => {
  afterEach(() => void vi.unstubAllGlobals());

  test("are made anew when the offer begins ICE anew, and are waited for", async () => {
    vi.stubGlobal("RTCPeerConnection", Engine);
    const order: string[] = [];
    const renew = vi.fn<() => Promise<void>>(async () => {
      await Promise.resolve();
      order.push("renewed");
    });
    const ice = new Ice({ configuration: {} }, () => false);
    vi.spyOn(ice, "renew").mockImplementation(renew);
    const listener: Pick<ConnectionListener, "knows" | "negotiation"> = {
      knows: () => false,
      negotiation: ({ type }) => void order.push(type),
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is told
    const connection = new PeerConnection(ice, listener as ConnectionListener);
    for (const [type, fragment] of [
      ["offer", "one"],
      ["offer", "one"],
      ["offer", "two"],
      ["answer", "three"],
    ] as const) {
      connection.carryOut({ type: "set-remote-description", description: { type, sdp: described(fragment) } });
      await vi.waitFor(() => expect(order.at(-1)).toBe("remote-description-set"));
      order.push(fragment);
    }
    const set = "remote-description-set";
    expect(order).toEqual(["renewed", set, "one", set, "one", "renewed", set, "two", set, "three"]);
  });
});
