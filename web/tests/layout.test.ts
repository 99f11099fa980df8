// SPDX-License-Identifier: AGPL-3.0-only
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Corner, cornerAfter, cornerAt, type Place, placesOf, placesOfTwo } from "../src/core/layout.ts";

const gap = 8;
/** What a page leaves for the tiles: on a desk, on a phone upright and sideways. */
const rooms = [
  { width: 1256, height: 626 },
  { width: 366, height: 690 },
  { width: 760, height: 300 },
];
const room = fc.record({ width: fc.integer({ min: 300, max: 4000 }), height: fc.integer({ min: 250, max: 3000 }) });
const count = fc.integer({ min: 1, max: 12 });

const slack = 1e-6;
const area = ({ width, height }: { width: number; height: number }): number => width * height;
/** The width of a picture of 16:9 in it. */
const picture = ({ width, height }: Place): number => Math.min(width, (height * 16) / 9);

function areApart(one: Place, other: Place): boolean {
  return (
    one.left + one.width <= other.left + slack ||
    other.left + other.width <= one.left + slack ||
    one.top + one.height <= other.top + slack ||
    other.top + other.height <= one.top + slack
  );
}

function expectNoOverlap(places: readonly Place[]): void {
  places.forEach((one, number) => {
    for (const other of places.slice(number + 1)) expect(areApart(one, other)).toBe(true);
  });
}

function expectWithin(places: readonly Place[], { width, height }: { width: number; height: number }): void {
  for (const place of places) {
    expect(Math.min(place.left, place.top)).toBeGreaterThanOrEqual(-slack);
    expect(place.left + place.width).toBeLessThanOrEqual(width + slack);
    expect(place.top + place.height).toBeLessThanOrEqual(height + slack);
  }
}

describe("a grid", () => {
  test.each(rooms)("of one to twelve people needs no scrolling and uses the space of $width × $height", (size) => {
    for (let people = 1; people <= 12; people++) {
      const places = placesOf(size, people, gap);
      expect(places).toHaveLength(people);
      expectWithin(places, size);
      expectNoOverlap(places);
      const used = places.reduce((sum, place) => sum + area(place), 0) / area(size);
      expect(used).toBeGreaterThan(0.7);
    }
  });

  test("has pictures at least as large as any other number of columns would give", () => {
    fc.assert(
      fc.property(room, count, fc.integer({ min: 1, max: 12 }), (size, people, columns) => {
        const rows = Math.ceil(people / columns);
        const width = (size.width - gap * (columns - 1)) / columns;
        const height = (size.height - gap * (rows - 1)) / rows;
        const [first] = placesOf(size, people, gap);
        if (width < 120 || height < 72) return;
        expect(picture(first as Place)).toBeGreaterThanOrEqual(picture({ left: 0, top: 0, width, height }) - slack);
      }),
    );
  });

  test("of any number of people has tiles of one size, apart, and never too small to recognise anybody", () => {
    fc.assert(
      fc.property(room, fc.integer({ min: 1, max: 200 }), (size, people) => {
        const places = placesOf(size, people, gap);
        const [{ width, height }] = places as [Place];
        expect(new Set(places.map((place) => `${place.width} ${place.height}`)).size).toBe(1);
        expect(width).toBeGreaterThanOrEqual(120);
        expect(height).toBeGreaterThanOrEqual(72);
        expectWithin(places, { width: size.width, height: Infinity });
        expectNoOverlap(places.slice(-30));
      }),
    );
  });

  test("puts a last row that is not full into the middle", () => {
    const places = placesOf({ width: 1216, height: 626 }, 5, gap);
    expect(places.map(({ left, width }) => Math.round(left + width / 2))).toEqual([200, 608, 1016, 404, 812]);
  });
});

describe("a pinned tile", () => {
  test("is larger than all others together, which are in a strip", () => {
    fc.assert(
      fc.property(fc.constantFrom(...rooms), count, count, (size, people, number) => {
        const pinned = (number - 1) % people;
        const places = placesOf(size, people, gap, pinned);
        expectWithin(places, size);
        expectNoOverlap(places);
        const others = places.toSpliced(pinned, 1).reduce((sum, place) => sum + area(place), 0);
        expect(area(places[pinned] as Place)).toBeGreaterThan(others);
      }),
    );
  });

  test("that does not exist pins nothing", () => {
    const size = { width: 800, height: 600 };
    expect(placesOf(size, 3, gap, 3)).toEqual(placesOf(size, 3, gap));
    expect(placesOf(size, 1, gap, 0)).toEqual([{ left: 0, top: 0, ...size }]);
  });

  test("has the others at its side on a wide screen and below it on a high one", () => {
    const [wide, wideOther] = placesOf({ width: 1200, height: 600 }, 2, gap, 0) as [Place, Place];
    expect(wide.height).toBe(600);
    expect(wideOther.left).toBe(wide.width + gap);
    const [high, highOther] = placesOf({ width: 400, height: 800 }, 2, gap, 0) as [Place, Place];
    expect(high.width).toBe(400);
    expect(highOther.top).toBeGreaterThanOrEqual(high.height + gap);
  });
});

test("places are counted from the corner of the room, wherever that is", () => {
  const tile = { left: 500, top: 300, width: 400, height: 300 };
  expect(placesOf(tile, 1, gap)).toEqual([{ left: 0, top: 0, width: 400, height: 300 }]);
});

describe("pictures of another shape", () => {
  const besidePanel = { width: 872, height: 622 };

  test("of 4:3 are side by side where they would have bars at both sides one above the other", () => {
    const [one, other] = placesOf(besidePanel, 2, gap, -1, [4 / 3, 4 / 3]);
    expect(one?.top).toBe(other?.top);
  });

  test("of 16:9 are one above the other there, which makes them larger", () => {
    const [one, other] = placesOf(besidePanel, 2, gap, -1, [undefined, 16 / 9]);
    expect(one?.left).toBe(other?.left);
  });

  test("are as large as in any other number of columns", () => {
    const shapes = fc.array(fc.option(fc.double({ min: 0.4, max: 2.4, noNaN: true }), { nil: undefined }), {
      minLength: 2,
      maxLength: 9,
    });
    const drawn = ({ width, height }: { width: number; height: number }, shape = 16 / 9): number =>
      Math.min(width, height * shape) ** 2 / shape;
    fc.assert(
      fc.property(room, shapes, fc.integer({ min: 1, max: 9 }), (size, all, columns) => {
        const rows = Math.ceil(all.length / columns);
        const cell = {
          width: (size.width - gap * (columns - 1)) / columns,
          height: (size.height - gap * (rows - 1)) / rows,
        };
        fc.pre(columns <= all.length && cell.width >= 120 && cell.height >= 72);
        const places = placesOf(size, all.length, gap, -1, all);
        fc.pre(places.every(({ height }) => height > 72));
        const sum = (of: (number: number) => { width: number; height: number }): number =>
          all.reduce<number>((total, shape, number) => total + drawn(of(number), shape), 0);
        expect(sum((number) => places[number] ?? cell)).toBeGreaterThanOrEqual(sum(() => cell) - 1e-3);
      }),
    );
  });
});

describe("the own picture in a call of two", () => {
  const corners: Corner[] = ["top-left", "top-right", "bottom-right", "bottom-left"];

  test.each(rooms)("is small and in the room of $width × $height, whatever its shape and corner", (size) => {
    for (const corner of corners) {
      for (const shape of [undefined, 4 / 3, 9 / 16]) {
        const [own, other] = placesOfTwo(size, gap, corner, shape);
        if (!own || !other) throw new Error("two places");
        expectWithin([own, other], size);
        expect(own.width / own.height).toBeCloseTo(shape ?? 16 / 9);
        expect(area(own)).toBeLessThan(0.2 * area(size));
        expect(area(other)).toBe(area(size));
        expect(cornerAt(size, own.left + own.width / 2, own.top + own.height / 2)).toBe(corner);
      }
    }
  });

  test("goes where arrows point, and with any other key once around", () => {
    expect(cornerAfter("top-left", "ArrowRight")).toBe("top-right");
    expect(cornerAfter("top-right", "ArrowRight")).toBe("top-right");
    expect(cornerAfter("top-right", "ArrowDown")).toBe("bottom-right");
    expect(cornerAfter("bottom-right", "ArrowLeft")).toBe("bottom-left");
    expect(cornerAfter("bottom-left", "ArrowUp")).toBe("top-left");
    expect(corners.map((corner) => cornerAfter(corner, "Enter"))).toEqual([...corners.slice(1), "top-left"]);
  });
});
