// SPDX-License-Identifier: AGPL-3.0-only
import { beforeEach, describe, expect, test, vi } from "vitest";
import { IceServers } from "../src/io/ice-servers.ts";
import { Ice } from "../src/rtc/ice.ts";
import { iceSource, rtcConfiguration, type ServerConfig } from "../src/io/server-config.ts";

const config = (user: string, seconds?: number): ServerConfig => ({
  webrtc: {
    turn: "turn:t:1",
    turn_user: user,
    turn_cred: "credential",
    ...(seconds ? { turn_valid_seconds: seconds } : {}),
  },
  features: { room_watches: true },
});
/** A connection, as far as credentials matter. */
const connection = (signalingState: RTCSignalingState = "stable") => ({
  signalingState,
  getConfiguration: (): RTCConfiguration => ({ bundlePolicy: "max-bundle" }),
  setConfiguration: vi.fn<(configuration?: RTCConfiguration) => void>(),
});
const ending = (user: string): ServerConfig => config(user, 3600);
const userOf = (servers: IceServers): string | undefined => servers.configuration.iceServers?.[0]?.username;

describe("TURN credentials", () => {
  let now = 0;
  const clock = (): number => now;
  beforeEach(() => (now = 1_700_000_000_000));

  test("that last are used as they are", () => {
    const servers = new IceServers(ending("first"), vi.fn<() => Promise<ServerConfig>>(), rtcConfiguration, clock);
    now += (3600 - 601) * 1000;
    expect(servers.renew()).toBeUndefined();
    expect(userOf(servers)).toBe("first");
  });

  test("that end within ten minutes are made anew, once for all who need them", async () => {
    const fetch = vi
      .fn<() => Promise<ServerConfig>>()
      .mockResolvedValueOnce(ending("second"))
      .mockResolvedValueOnce(ending("third"));
    const servers = new IceServers(ending("first"), fetch, rtcConfiguration, clock);
    now += 3000 * 1000;
    await Promise.all([servers.renew(), servers.renew()]);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(userOf(servers)).toBe("second");
    expect(servers.renew()).toBeUndefined();
    now += 3001 * 1000;
    await servers.renew();
    expect(userOf(servers)).toBe("third");
  });

  test("without an answer are tried, and asked for again by the next connection", async () => {
    const answer = (): Promise<never> => Promise.reject(new Error("unreachable"));
    const fetch = vi
      .fn<() => Promise<ServerConfig>>()
      .mockImplementationOnce(answer)
      .mockResolvedValueOnce(ending("second"));
    const servers = new IceServers(ending("first"), fetch, rtcConfiguration, clock);
    now += 4000 * 1000;
    await servers.renew();
    expect(userOf(servers)).toBe("first");
    await servers.renew();
    expect(userOf(servers)).toBe("second");
  });

  test("are not waited for long", async () => {
    vi.useFakeTimers();
    const servers = new IceServers(ending("first"), () => new Promise(() => undefined), rtcConfiguration, clock);
    now += 4000 * 1000;
    const renewal = servers.renew();
    await vi.advanceTimersByTimeAsync(5_000);
    await renewal;
    vi.useRealTimers();
    expect(userOf(servers)).toBe("first");
  });

  test("are given to the connection that waits, unless it was closed meanwhile", async () => {
    const servers = new IceServers(ending("first"), () => Promise.resolve(ending("second")), rtcConfiguration, clock);
    now += 4000 * 1000;
    const [open, closed] = [connection(), connection("closed")];
    const ice = new Ice(servers, () => true);
    await Promise.all([ice.renew(open), ice.renew(closed)]);
    expect(open.setConfiguration).toHaveBeenCalledExactlyOnceWith({
      ...servers.configuration,
      bundlePolicy: "max-bundle",
      iceTransportPolicy: "relay",
    });
    expect(closed.setConfiguration).not.toHaveBeenCalled();
  });

  test("without an end need nothing of this", async () => {
    const source = await iceSource(config("fixed"));
    expect(source).not.toBeInstanceOf(IceServers);
    expect(source.configuration.iceServers).toEqual([
      { urls: "turn:t:1", username: "fixed", credential: "credential" },
    ]);
    expect(await iceSource(ending("first"))).toBeInstanceOf(IceServers);
  });

  test("are for each way to the server", () => {
    const urls = ["turn:t:1", "turn:t:1?transport=tcp"];
    const { webrtc, features } = config("fixed");
    expect(rtcConfiguration({ webrtc: { ...webrtc, turn_urls: urls }, features }).iceServers).toEqual([
      { urls, username: "fixed", credential: "credential" },
    ]);
  });
});
