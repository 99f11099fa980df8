// SPDX-License-Identifier: AGPL-3.0-only
import type { ComponentChildren, JSX, TargetedSubmitEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type KnownRoom, readKnownRooms, writeKnownRooms } from "../../core/known-rooms.ts";
import { roomName } from "../../core/made-secrets.ts";
import { writeFragment } from "../../core/secret.ts";
import { readWritten } from "../../core/written-room.ts";
import { shownText } from "../../core/shown-text.ts";
import { strings } from "../../locale/strings.ts";
import type { Settings } from "../../settings/store.ts";
import { knownHashes } from "../../state/known-rooms.ts";
import type { RoomState } from "../../state/room-state.ts";
import type { PanelProps } from "./panels.tsx";

/** The most characters of a room's name that are shown. */
const nameLength = 100;

export function RoomsPanel({ state, settings }: PanelProps): JSX.Element {
  const { rooms, ofLink, add, remove, move } = useKnownRooms(settings);
  if (!state.hasRoomWatches.value) return <p>{strings.noRoomWatches}</p>;
  const isKnown = rooms.some(({ secret }) => secret === state.secret);
  const current = { name: state.name || state.secret, secret: state.secret };
  return (
    <>
      <p class="hint">{strings.roomsIntro}</p>
      <ul class="rooms">
        {rooms.map((room, position) => (
          <Row key={room.secret} state={state} room={room} position={position}>
            <RoomButtons
              position={position}
              last={rooms.length - 1}
              onMove={(by, button) => move(room.secret, by, button)}
              onRemove={() => remove(room.secret)}
            />
          </Row>
        ))}
        {ofLink.map((room) => (
          <Row key={room.secret} state={state} room={room} />
        ))}
      </ul>
      {!isKnown && (
        <button type="button" onClick={() => add(current)}>
          {strings.addCurrent}
        </button>
      )}
      <AddRoom onAdd={add} />
    </>
  );
}

interface KnownRooms {
  readonly rooms: readonly KnownRoom[];
  /** The rooms that only the link names. */
  readonly ofLink: readonly KnownRoom[];
  readonly add: (room: KnownRoom) => void;
  readonly remove: (secret: string) => void;
  /** @param button keeps the focus */
  readonly move: (secret: string, by: number, button: HTMLButtonElement) => void;
}

/** The rooms that are kept, and what changes them. */
function useKnownRooms(settings: Settings): KnownRooms {
  const moving = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    // A row that is put elsewhere in the page loses the focus.
    moving.current?.focus();
    moving.current = null;
  });
  const kept = (): readonly KnownRoom[] => readKnownRooms(settings.kept("room_watches") ?? "");
  const rooms = kept();
  const edit = (change: (rooms: readonly KnownRoom[]) => readonly KnownRoom[]): void =>
    settings.change("room_watches", (list) => writeKnownRooms(change(readKnownRooms(list ?? ""))));
  return {
    rooms,
    ofLink: readKnownRooms(settings.get("room_watches") ?? "").filter(
      ({ secret }) => !rooms.some((room) => room.secret === secret),
    ),
    add: (room) => edit((known) => [...without(known, room.secret), room]),
    remove: (secret) => edit((known) => without(known, secret)),
    move: (secret, by, button) => {
      // The rows may be drawn where they were before.
      const now = kept();
      if (moved(now, secret, by) === now) return;
      moving.current = button;
      edit((known) => moved(known, secret, by));
    },
  };
}

interface RowProps {
  readonly state: RoomState;
  readonly room: KnownRoom;
  /** The position of a room that is kept. */
  readonly position?: number;
  readonly children?: ComponentChildren;
}

function Row({ state, room: { name, secret }, position, children }: RowProps): JSX.Element {
  return (
    <li>
      <a href={`#${writeFragment(secret)}`} id={position === undefined ? undefined : `room-${position}`} dir="auto">
        {shownText(name, nameLength)}
      </a>
      <span class="hint">{memberWords(state.roomCounts.value, secret)}</span>
      {children}
    </li>
  );
}

const without = (rooms: readonly KnownRoom[], secret: string): KnownRoom[] =>
  rooms.filter((room) => room.secret !== secret);

/** The rooms with one of them put so many places further down, or the same ones when it cannot go there. */
function moved(rooms: readonly KnownRoom[], secret: string, by: number): readonly KnownRoom[] {
  const at = rooms.findIndex((room) => room.secret === secret);
  const room = rooms[at];
  return room && rooms[at + by] ? rooms.toSpliced(at, 1).toSpliced(at + by, 0, room) : rooms;
}

function memberWords(counts: ReadonlyMap<string, number>, secret: string): string {
  const hash = knownHashes.value.get(secret);
  const count = hash === undefined ? undefined : counts.get(hash);
  return count ? strings.members(count) : strings.empty;
}

interface RoomButtonsProps {
  readonly position: number;
  /** The position of the last room. */
  readonly last: number;
  readonly onMove: (by: number, button: HTMLButtonElement) => void;
  readonly onRemove: () => void;
}

function RoomButtons({ position, last, onMove, onRemove }: RoomButtonsProps): JSX.Element {
  const move =
    (by: number) =>
    (button: HTMLButtonElement): void =>
      onMove(by, button);
  return (
    <span class="row">
      <RoomButton name={strings.moveUp} sign="↑" about={position} isOff={position === 0} act={move(-1)} />
      <RoomButton name={strings.moveDown} sign="↓" about={position} isOff={position === last} act={move(1)} />
      <RoomButton name={strings.remove} sign="×" about={position} act={onRemove} />
    </span>
  );
}

interface RoomButtonProps {
  readonly name: string;
  readonly sign: string;
  readonly about: number;
  /** Whether the button is drawn as one that does nothing; it can have the focus all the same. */
  readonly isOff?: boolean;
  readonly act: (button: HTMLButtonElement) => void;
}

function RoomButton({ name, sign, about, isOff = false, act }: RoomButtonProps): JSX.Element {
  return (
    <button
      type="button"
      aria-label={name}
      aria-describedby={`room-${about}`}
      aria-disabled={isOff}
      onClick={({ currentTarget }) => act(currentTarget)}
    >
      {sign}
    </button>
  );
}

function AddRoom({ onAdd }: { readonly onAdd: (room: KnownRoom) => void }): JSX.Element {
  const [isCut, setIsCut] = useState(false);
  const written = useRef<HTMLInputElement>(null);
  const name = useRef<HTMLInputElement>(null);
  // The fields keep what is typed, so that it is there before anything is drawn of it.
  const read = (): ReturnType<typeof readWritten> => readWritten(written.current?.value ?? "");
  const add = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const room = read();
    if (!room || room.isCut) return;
    const { secret } = room;
    onAdd({ name: name.current?.value.trim() || roomName(secret) || secret, secret });
    event.currentTarget.reset();
    setIsCut(false);
  };
  return (
    <form class="add-room" onSubmit={add}>
      <label>
        {strings.secretOrLink}
        <input
          ref={written}
          type="text"
          autocomplete="off"
          data-first
          aria-invalid={isCut}
          onInput={() => setIsCut(read()?.isCut === true)}
        />
      </label>
      <p class="hint error" aria-live="polite">
        {isCut && strings.cutLink}
      </p>
      <label>
        {strings.name}
        <input ref={name} type="text" autocomplete="off" />
      </label>
      <button type="submit">{strings.add}</button>
    </form>
  );
}
