// SPDX-License-Identifier: AGPL-3.0-only
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type SentVideo, shareUpload } from "../src/core/upload-shares.ts";

const camera = (receivers: number, lines = 720): SentVideo => ({ isScreen: false, lines, receivers });
const screen = (receivers: number, lines = 1080): SentVideo => ({ isScreen: true, lines, receivers });
const video = fc.record({
  isScreen: fc.boolean(),
  lines: fc.integer({ min: 90, max: 4320 }),
  receivers: fc.integer({ min: 0, max: 20 }),
});
const limit = fc.integer({ min: 100_000, max: 100_000_000 });

describe("the upload", () => {
  test("of a camera is shared by all who get it, with fewer lines for more people", () => {
    const shares = [1, 2, 3, 4, 7, 11, 20].map((receivers) => shareUpload([camera(receivers)], 4_000_000)[0]);
    expect(shares.map((share) => [share?.maxBitrate, 720 / (share?.scaleResolutionDownBy ?? 0)])).toEqual([
      [4_000_000, 720],
      [2_000_000, 720],
      [1_333_333, 480],
      [1_000_000, 480],
      [571_428, 360],
      [363_636, 360],
      [200_000, 240],
    ]);
  });

  test("of a camera with much room has all of its lines", () => {
    expect(shareUpload([camera(1, 2160)], 4_000_000)[0]?.scaleResolutionDownBy).toBe(1);
  });

  test("of a screen is twice a camera's, and keeps all of its lines", () => {
    expect(shareUpload([camera(3), screen(3)], 900_000)).toEqual([
      { maxBitrate: 100_000, scaleResolutionDownBy: 4 },
      { maxBitrate: 200_000, scaleResolutionDownBy: 1 },
    ]);
  });

  test("stays within the limit, as long as there is enough for everybody", () => {
    fc.assert(
      fc.property(fc.array(video, { maxLength: 6 }), limit, (videos, most) => {
        const shares = shareUpload(videos, most);
        const parts = videos.reduce((sum, { isScreen, receivers }) => sum + receivers * (isScreen ? 2 : 1), 0);
        const sum = shares.reduce((all, { maxBitrate }, at) => all + maxBitrate * (videos[at]?.receivers ?? 0), 0);
        if (most / Math.max(1, parts) >= 40_000) expect(sum).toBeLessThanOrEqual(most);
        for (const { maxBitrate } of shares) expect(maxBitrate).toBeGreaterThanOrEqual(40_000);
      }),
    );
  });

  test("never makes a picture larger, nor a screen smaller", () => {
    fc.assert(
      fc.property(fc.array(video, { maxLength: 6 }), limit, (videos, most) => {
        shareUpload(videos, most).forEach(({ scaleResolutionDownBy }, at) => {
          expect(scaleResolutionDownBy).toBeGreaterThanOrEqual(1);
          if (videos[at]?.isScreen) expect(scaleResolutionDownBy).toBe(1);
        });
      }),
    );
  });

  test("of one more receiver takes from all others, and none gets more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), limit, (receivers, most) => {
        const [before] = shareUpload([camera(receivers)], most);
        const [after] = shareUpload([camera(receivers + 1)], most);
        expect(after?.maxBitrate).toBeLessThanOrEqual(before?.maxBitrate ?? 0);
        expect(after?.scaleResolutionDownBy).toBeGreaterThanOrEqual(before?.scaleResolutionDownBy ?? 0);
      }),
    );
  });
});
