// SPDX-License-Identifier: AGPL-3.0-only
/** The places of tiles, so that the pictures in them are as large as they can be. Draws and measures nothing. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place in CSS pixels, from the top left corner of the room that there is. */
export interface Place extends Size {
  readonly left: number;
  readonly top: number;
}

/** The corner of the room that a small picture is in. */
export type Corner = "top-left" | "top-right" | "bottom-right" | "bottom-left";

const usualShape = 16 / 9;
/** The smallest size of a tile, below which nobody recognises anything: the rest has to be scrolled to. */
const smallest: Size = { width: 120, height: 72 };
/** The part of the room's longer side that is left for the others beside a pinned tile, and its bounds. */
const strip = { share: 0.22, least: 88, most: 300 };
/** The longer side of a small picture, as a part of the room's longer side, and its bounds. */
const small = { share: 0.24, least: 132, most: 288 };

/**
 * The places of tiles in a room of this size.
 * @param gap between two tiles
 * @param pinned the number of the tile that is large, with all others in a strip beside or below it
 * @param shapes width by height of the picture in each tile, where it is known
 */
export function placesOf(
  { width, height }: Size,
  count: number,
  gap: number,
  pinned = -1,
  shapes: Shapes = [],
): Place[] {
  const all = { left: 0, top: 0, width, height };
  if (pinned < 0 || pinned >= count || count === 1) return grid(all, count, gap, shapes, smallest);
  const { stage, rest } = split(all, gap);
  const others = grid(rest, count - 1, gap, shapes.toSpliced(pinned, 1));
  return others.toSpliced(pinned, 0, stage);
}

/** The places of two: oneself, small in a corner, and the other one, who has all of the room. */
export function placesOfTwo({ width, height }: Size, gap: number, corner: Corner, shape = usualShape): Place[] {
  const side = Math.min(Math.max(Math.max(width, height) * small.share, small.least), small.most);
  const own = pictureIn({ width: Math.min(side, width / 2), height: Math.min(side, height / 2) }, shape);
  const left = corner.endsWith("left") ? gap : width - own.width - gap;
  const top = corner.startsWith("top") ? gap : height - own.height - gap;
  return [
    { left, top, ...own },
    { left: 0, top: 0, width, height },
  ];
}

/** The corner that is nearest to a point of a room. */
export function cornerAt({ width, height }: Size, left: number, top: number): Corner {
  return `${top < height / 2 ? "top" : "bottom"}-${left < width / 2 ? "left" : "right"}`;
}

/** The corner that an arrow key leads to, any other key to the next one around the room. */
export function cornerAfter(corner: Corner, key: string): Corner {
  const [row, column] = [
    corner.startsWith("top") ? "top" : "bottom",
    corner.endsWith("left") ? "left" : "right",
  ] as const;
  if (key === "ArrowLeft") return `${row}-left`;
  if (key === "ArrowRight") return `${row}-right`;
  if (key === "ArrowUp") return `top-${column}`;
  if (key === "ArrowDown") return `bottom-${column}`;
  return around[corner];
}

const around: Readonly<Record<Corner, Corner>> = {
  "top-left": "top-right",
  "top-right": "bottom-right",
  "bottom-right": "bottom-left",
  "bottom-left": "top-left",
};

/** Width by height of pictures, where it is known. */
export type Shapes = readonly (number | undefined)[];

/**
 * Tiles of one size in rows; a last row that is not full is in the middle.
 * @param least of a tile: the grid grows out of the area then. Without it, tiles are as small as they must be, and 16:9
 */
function grid(area: Place, count: number, gap: number, shapes: Shapes, least?: Size): Place[] {
  const columns = columnsFor(area, count, gap, shapes, least);
  const rows = Math.ceil(count / columns);
  const cell = { width: part(area.width, columns, gap), height: part(area.height, rows, gap) };
  const { width, height } = least ? { ...cell, height: Math.max(cell.height, least.height) } : pictureIn(cell);
  const top = area.top + Math.max(0, area.height - rows * (height + gap) + gap) / 2;
  return Array.from({ length: count }, (_, number) => {
    const row = Math.floor(number / columns);
    const inRow = Math.min(columns, count - row * columns);
    const left = area.left + (area.width - inRow * (width + gap) + gap) / 2;
    return { left: left + (number % columns) * (width + gap), top: top + row * (height + gap), width, height };
  });
}

function columnsFor({ width, height }: Size, count: number, gap: number, shapes: Shapes, least?: Size): number {
  const most = least ? Math.max(1, Math.floor((width + gap) / (least.width + gap))) : count;
  const cell = (columns: number): Size => ({
    width: part(width, columns, gap),
    height: part(height, Math.ceil(count / columns), gap),
  });
  let best = 1;
  for (let columns = 2; columns <= Math.min(count, most); columns++) {
    if (drawn(cell(columns), count, shapes) > drawn(cell(best), count, shapes)) best = columns;
  }
  return least && cell(best).height < least.height ? Math.min(count, most) : best;
}

/** The area of all pictures together, each in a tile of this size. */
function drawn(cell: Size, count: number, shapes: Shapes): number {
  let sum = 0;
  for (let number = 0; number < count; number++) {
    const { width, height } = pictureIn(cell, shapes[number]);
    sum += width * height;
  }
  return sum;
}

/** The largest picture that fits into a size. */
function pictureIn({ width, height }: Size, shape = usualShape): Size {
  const widest = Math.min(width, height * shape);
  return { width: widest, height: widest / shape };
}

function split({ left, top, width, height }: Place, gap: number): { stage: Place; rest: Place } {
  const isWide = width > height;
  const thickness = Math.min(Math.max((isWide ? width : height) * strip.share, strip.least), strip.most);
  return isWide
    ? {
        stage: { left, top, width: width - thickness - gap, height },
        rest: { left: left + width - thickness, top, width: thickness, height },
      }
    : {
        stage: { left, top, width, height: height - thickness - gap },
        rest: { left, top: top + height - thickness, width, height: thickness },
      };
}

/** One of so many equal parts of a length. */
function part(length: number, parts: number, gap: number): number {
  return Math.max(0, (length - gap * (parts - 1)) / parts);
}
