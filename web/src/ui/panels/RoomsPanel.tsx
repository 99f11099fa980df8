// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type KnownRoom, readKnownRooms, writeKnownRooms } from "../../core/known-rooms.ts";
import { roomName } from "../../core/made-secrets.ts";
import { writeFragment } from "../../core/secret.ts";
import { readWritten } from "../../core/written-room.ts";
import { shownText } from "../../core/shown-text.ts";
import { strings } from "../../locale/strings.ts";
import { knownHashes } from "../../state/known-rooms.ts";
import type { PanelProps } from "./panels.tsx";

/** Characters of a room's name that are shown. */
const nameLength = 100;

export function RoomsPanel({ state, settings }: PanelProps): JSX.Element {
  const moving = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    // A row that is put elsewhere in the page loses the focus.
    moving.current?.focus();
    moving.current = null;
  });
  if (!state.hasRoomWatches.value) return <p>{strings.noRoomWatches}</p>;
  const rooms = readKnownRooms(settings.kept("room_watches") ?? "");
  const ofLink = readKnownRooms(settings.get("room_watches") ?? "").filter(
    ({ secret }) => !rooms.some((room) => room.secret === secret),
  );
  const edit = (change: (rooms: readonly KnownRoom[]) => readonly KnownRoom[]): void =>
    settings.change("room_watches", (kept) => writeKnownRooms(change(readKnownRooms(kept ?? ""))));
  const add = (room: KnownRoom): void => edit((known) => [...without(known, room.secret), room]);
  const remove = (secret: string): void => edit((known) => without(known, secret));
  const move = (secret: string, by: number, button: HTMLButtonElement): void => {
    moving.current = button;
    edit((known) => moved(known, secret, by));
  };
  const isKnown = rooms.some(({ secret }) => secret === state.secret);
  const current = { name: state.name || state.secret, secret: state.secret };
  return (
    <>
      <p class="hint">{strings.roomsIntro}</p>
      <ul class="rooms">
        {rooms.map(({ name, secret }, position) => (
          <li key={secret}>
            <a href={`#${writeFragment(secret)}`} id={`room-${position}`} dir="auto">
              {shownText(name, nameLength)}
            </a>
            <span class="hint">{memberWords(state.roomCounts.value, secret)}</span>
            <span class="row">
              <RoomButton
                name={strings.moveUp}
                sign="↑"
                about={position}
                isOff={position === 0}
                act={(button) => move(secret, -1, button)}
              />
              <RoomButton
                name={strings.moveDown}
                sign="↓"
                about={position}
                isOff={position === rooms.length - 1}
                act={(button) => move(secret, 1, button)}
              />
              <RoomButton name={strings.remove} sign="×" about={position} act={() => remove(secret)} />
            </span>
          </li>
        ))}
        {ofLink.map(({ name, secret }) => (
          <li key={secret}>
            <a href={`#${writeFragment(secret)}`} dir="auto">
              {shownText(name, nameLength)}
            </a>
            <span class="hint">{memberWords(state.roomCounts.value, secret)}</span>
          </li>
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

const without = (rooms: readonly KnownRoom[], secret: string): KnownRoom[] =>
  rooms.filter((room) => room.secret !== secret);

/** A room is put so many places further down. */
function moved(rooms: readonly KnownRoom[], secret: string, by: number): readonly KnownRoom[] {
  const at = rooms.findIndex((room) => room.secret === secret);
  const room = rooms[at];
  return room ? rooms.toSpliced(at, 1).toSpliced(Math.max(0, at + by), 0, room) : rooms;
}

function memberWords(counts: ReadonlyMap<string, number>, secret: string): string {
  const hash = knownHashes.value.get(secret);
  const count = hash === undefined ? undefined : counts.get(hash);
  return count ? strings.members(count) : strings.empty;
}

interface RoomButtonProps {
  readonly name: string;
  readonly sign: string;
  readonly about: number;
  /** It does nothing, and can have the focus all the same. */
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
      onClick={({ currentTarget }) => isOff || act(currentTarget)}
    >
      {sign}
    </button>
  );
}

function AddRoom({ onAdd }: { readonly onAdd: (room: KnownRoom) => void }): JSX.Element {
  const [name, setName] = useState("");
  const [written, setWritten] = useState("");
  const room = readWritten(written);
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!room || room.isCut) return;
    const { secret } = room;
    onAdd({ name: name.trim() || roomName(secret) || secret, secret });
    setName("");
    setWritten("");
  };
  return (
    <form class="add-room" onSubmit={add}>
      <label>
        {strings.secretOrLink}
        <input
          type="text"
          autocomplete="off"
          data-first
          value={written}
          aria-invalid={room?.isCut === true}
          onInput={({ currentTarget }) => setWritten(currentTarget.value)}
        />
      </label>
      <p class="hint error" aria-live="polite">
        {room?.isCut && strings.cutLink}
      </p>
      <label>
        {strings.name}
        <input
          type="text"
          autocomplete="off"
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      <button type="submit">{strings.add}</button>
    </form>
  );
}
