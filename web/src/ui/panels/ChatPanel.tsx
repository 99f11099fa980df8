// SPDX-License-Identifier: AGPL-3.0-only
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { linkify } from "../../core/linkify.ts";
import { isHarmlessImage, viewImage } from "../../io/images.ts";
import { formatMoment, formatTime } from "../../locale/format.ts";
import { strings } from "../../locale/strings.ts";
import type { ChatEntry } from "../../state/room-state.ts";
import type { Intents } from "../intents.ts";
import type { PanelProps } from "./panels.tsx";

/** This near to the end, in CSS pixels, counts as reading the newest. */
const nearEnd = 40;

export function ChatPanel({ state, intents, settings }: PanelProps): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const entries = state.chat.value;
  const followEnd = (): void => {
    const element = list.current;
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
  };
  useEffect(followEnd, [entries]);
  const view = (url: string): void => viewImage(url, settings.get("image_view_popup") === true);
  const scrolled = ({ currentTarget }: { currentTarget: HTMLElement }): void => {
    const { scrollTop, scrollHeight, clientHeight } = currentTarget;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < nearEnd;
  };
  return (
    <>
      {entries.length === 0 && <p class="hint">{strings.emptyChat}</p>}
      <div ref={list} class="messages" role="log" aria-label={strings.messages} tabIndex={0} onScroll={scrolled}>
        <ol>
          {entries.map((entry) => (
            <Entry key={entry.number} entry={entry} onView={view} onImage={followEnd} />
          ))}
        </ol>
      </div>
      <Composer intents={intents} />
    </>
  );
}

interface EntryProps {
  readonly entry: ChatEntry;
  readonly onView: (url: string) => void;
  /** An image has its height now. */
  readonly onImage: () => void;
}

function Entry({ entry, onView, onImage }: EntryProps): JSX.Element {
  const { username, isOwn, at, chat, line } = entry;
  return (
    <li class={username === undefined ? "line" : isOwn ? "own" : ""}>
      {username !== undefined && (
        <span class="who">
          <bdi>{username || strings.unnamed}</bdi>{" "}
          <time dateTime={at.toISOString()} title={formatMoment(at)}>
            {formatTime(at)}
          </time>
        </span>
      )}
      {line && <p dir="auto">{line()}</p>}
      {chat.text !== undefined && <Text text={chat.text} />}
      {chat.image !== undefined && (
        <Image url={chat.image} username={username || strings.unnamed} onView={onView} onImage={onImage} />
      )}
    </li>
  );
}

function Text({ text }: { readonly text: string }): JSX.Element {
  return (
    <p dir="auto">
      {linkify(text).map((part, position) =>
        part.href === undefined ? (
          part.text
        ) : (
          <a key={position} href={part.href} target="_blank" rel="noopener noreferrer">
            {part.text}
          </a>
        ),
      )}
    </p>
  );
}

interface ImageProps {
  readonly url: string;
  readonly username: string;
  readonly onView: (url: string) => void;
  readonly onImage: () => void;
}

function Image({ url, username, onView, onImage }: ImageProps): JSX.Element {
  if (!isHarmlessImage(url)) return <p class="hint">{strings.badImage}</p>;
  return (
    <button type="button" class="image" onClick={() => onView(url)}>
      <img src={url} alt={strings.imageOf(username)} onLoad={onImage} />
    </button>
  );
}

function Composer({ intents }: { readonly intents: Intents }): JSX.Element {
  const [text, setText] = useState("");
  const send = (): void => {
    if (text.trim() === "") return;
    intents.sendText(text);
    setText("");
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const picked = ({ currentTarget }: { currentTarget: HTMLInputElement }): void => {
    for (const file of currentTarget.files ?? []) intents.sendImage(file);
    currentTarget.value = "";
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        data-first
        aria-label={strings.message}
        placeholder={strings.message}
        rows={2}
        dir="auto"
        maxLength={20_000}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={pressed}
      />
      <div class="row">
        <label class="button">
          {strings.addImage}
          <input class="hidden" type="file" accept="image/*" onChange={picked} />
        </label>
        <button type="submit" class="primary">
          {strings.send}
        </button>
      </div>
    </form>
  );
}
