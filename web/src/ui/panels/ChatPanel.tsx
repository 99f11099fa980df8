// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { drawnPictures } from "../../core/drawn-pictures.ts";
import { linkify } from "../../core/linkify.ts";
import { isOfInputMethod } from "../../core/shortcuts.ts";
import { type PictureSize, pixelsOf } from "../../core/picture-size.ts";
import { splitText } from "../../core/split-text.ts";
import { shownLines } from "../../core/shown-text.ts";
import { isHarmlessImage, isUnmeasured, viewImage } from "../../media/images.ts";
import { measure } from "../../media/pictures.ts";
import { nameOf, spokenName } from "../../locale/labels.ts";
import { formatMoment, formatNumber, formatTime } from "../../locale/format.ts";
import { strings } from "../../locale/strings.ts";
import type { ChatEntry, RoomState } from "../../state/room-state.ts";
import type { Intents } from "../../state/intents.ts";
import { IdentityMark } from "../IdentityMark.tsx";
import { Name } from "../Name.tsx";
import { linkOf } from "./links.ts";
import type { PanelProps } from "./panels.tsx";

/** The sizes of images; undefined for an image whose size is not certain. */
const sizes = new WeakMap<ChatEntry, PictureSize | undefined>();

/** The distance to the end that counts as reading the newest, in CSS pixels. */
const nearEnd = 40;

export function ChatPanel({ state, intents, settings }: PanelProps): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const top = useRef(0);
  const entries = state.chat.value;
  const drawn = drawnOf(entries);
  const followEnd = (): void => {
    const element = list.current;
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
  };
  useEffect(followEnd, [entries]);
  const view = (url: string): void => viewImage(url, settings.get("image_view_popup") === true);
  const scrolled = ({ currentTarget }: { currentTarget: HTMLElement }): void => {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget;
    const isNear = scrollHeight - scrollTop - clientHeight < nearEnd;
    // More lines may have come since it was scrolled to the end: only who scrolls up looks elsewhere.
    if (isNear || scrollTop < top.current) isAtEnd.current = isNear;
    top.current = scrollTop;
  };
  return (
    <>
      {entries.length === 0 && <p class="hint">{strings.emptyChat}</p>}
      <div ref={list} class="messages" role="log" aria-label={strings.messages} tabIndex={0} onScroll={scrolled}>
        <ol>
          {entries.map((entry) => (
            <Entry
              key={entry.number}
              entry={entry}
              isDrawn={drawn.has(entry.number)}
              onView={view}
              onImage={followEnd}
            />
          ))}
        </ol>
      </div>
      <Composer state={state} intents={intents} />
    </>
  );
}

function drawnOf(entries: readonly ChatEntry[]): ReadonlySet<number> {
  const images = entries.filter(({ chat }) => chat.image !== undefined);
  return drawnPictures(
    images.map((entry) => {
      const size = sizeOf(entry);
      return { number: entry.number, peer: entry.peer, pixels: size && pixelsOf(size) };
    }),
  );
}

function sizeOf(entry: ChatEntry): PictureSize | undefined {
  if (!sizes.has(entry)) sizes.set(entry, measure(entry.chat.image ?? ""));
  return sizes.get(entry);
}

interface EntryProps {
  readonly entry: ChatEntry;
  /** Whether the entry's image is drawn without being asked for. */
  readonly isDrawn: boolean;
  readonly onView: (url: string) => void;
  /** Called when an image has its height. */
  readonly onImage: () => void;
}

function Entry({ entry, isDrawn, onView, onImage }: EntryProps): JSX.Element {
  const { username, nameNumber, isOwn, at, mark, chat, line, unsettled, isUncertain } = entry;
  return (
    <li class={username === undefined ? "line" : isOwn ? "own" : ""}>
      {username !== undefined && (
        <span class="who">
          <Name name={nameOf(username)} {...(nameNumber ? { number: nameNumber() } : {})} />{" "}
          {mark && <IdentityMark mark={mark()} />}{" "}
          <time dateTime={at.toISOString()} title={formatMoment(at)}>
            {formatTime(at)}
          </time>
        </span>
      )}
      {line && <p dir="auto">{line()}</p>}
      {chat.text !== undefined && <Text text={shownLines(chat.text)} />}
      {chat.image !== undefined && (
        <Image
          url={chat.image}
          owner={spokenName(nameOf(username ?? ""), nameNumber?.() ?? 1)}
          size={sizeOf(entry)}
          isDrawn={isDrawn}
          onView={onView}
          onImage={onImage}
        />
      )}
      {isUncertain ? (
        <p class="hint">{strings.uncertain}</p>
      ) : (
        unsettled !== undefined && <p class="hint unsent">{strings.unsent}</p>
      )}
    </li>
  );
}

function Text({ text }: { readonly text: string }): JSX.Element {
  return (
    <p dir="auto">
      {linkify(text).map((part, position) =>
        part.href === undefined ? part.text : <Address key={position} text={part.text} />,
      )}
    </p>
  );
}

/** A link, with the host that it leads to. Addresses read from left to right, whatever letters they have. */
function Address({ text }: { readonly text: string }): JSX.Element {
  const link = linkOf(text);
  if (!link) return <bdi>{text}</bdi>;
  return (
    <>
      <a href={link.href} dir="ltr" target="_blank" rel="noopener noreferrer">
        {text}
      </a>
      {link.host !== undefined && (
        <span class="mark" dir="ltr">
          {link.host}
        </span>
      )}
    </>
  );
}

interface ImageProps {
  readonly url: string;
  /** The owner of the image, as that is spoken. */
  readonly owner: string;
  readonly size: PictureSize | undefined;
  readonly isDrawn: boolean;
  readonly onView: (url: string) => void;
  readonly onImage: () => void;
}

/** An image. One that nobody can measure before it is drawn is drawn when it is asked for. */
function Image({ url, owner, size, isDrawn, onView, onImage }: ImageProps): JSX.Element {
  const [isAskedFor, setAskedFor] = useState(false);
  const isKnown = size !== undefined || isUnmeasured(url);
  if (!isHarmlessImage(url) || !isKnown) return <p class="hint">{strings.badImage}</p>;
  if (!isDrawn && !isAskedFor) {
    return (
      <button type="button" class="waiting-image" title={strings.imageWaits} onClick={() => setAskedFor(true)}>
        {strings.showImage} {size && <span class="hint">{dimensions(size)}</span>}
        <span class="hidden">{strings.imageOf(owner)}</span>
      </button>
    );
  }
  return (
    <button type="button" class="image" onClick={() => onView(url)}>
      <img src={url} alt={strings.imageOf(owner)} decoding="async" onLoad={onImage} />
    </button>
  );
}

const dimensions = ({ width, height, frames }: PictureSize): string =>
  [width, height, ...(frames > 1 ? [frames] : [])].map((number) => formatNumber(number)).join(" × ");

interface ComposerProps {
  readonly state: RoomState;
  readonly intents: Intents;
}

function Composer({ state, intents }: ComposerProps): JSX.Element {
  const [isTooLong, setTooLong] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  // A text that is written when the server is silent could not be said before that code is there.
  useEffect(() => void import("../../state/acts.ts").catch(() => undefined), []);
  const send = (): void => {
    const isLong = splitText(state.draft.peek()) === undefined;
    setTooLong(isLong);
    if (isLong) return;
    intents.sendText();
    // What is typed from now on is the next text, drawn or not.
    if (field.current) field.current.value = state.draft.peek();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Draft field={field} state={state} onEnter={send} />
      {isTooLong && (
        <p class="hint error" role="alert">
          {strings.textTooLong}
        </p>
      )}
      <div class="row">
        <ImageButton onPicked={intents.sendImage} />
        <button type="submit" class="primary">
          {strings.send}
        </button>
      </div>
    </form>
  );
}

interface DraftProps {
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly state: RoomState;
  readonly onEnter: () => void;
}

function Draft({ field, state, onEnter }: DraftProps): JSX.Element {
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || isOfInputMethod(event)) return;
    event.preventDefault();
    onEnter();
  };
  return (
    <textarea
      ref={field}
      data-first
      aria-label={strings.message}
      placeholder={strings.message}
      rows={2}
      dir="auto"
      value={state.draft.value}
      onInput={({ currentTarget }) => (state.draft.value = currentTarget.value)}
      onKeyDown={pressed}
    />
  );
}

function ImageButton({ onPicked }: { readonly onPicked: (file: File) => void }): JSX.Element {
  const picked = ({ currentTarget }: { currentTarget: HTMLInputElement }): void => {
    for (const file of currentTarget.files ?? []) onPicked(file);
    currentTarget.value = "";
  };
  return (
    <label class="button">
      {strings.addImage}
      <input class="hidden" type="file" accept="image/*" onChange={picked} />
    </label>
  );
}
