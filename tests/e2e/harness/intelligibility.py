# SPDX-License-Identifier: AGPL-3.0-only
"""How much of speech is understood, by STOI: 1 for all of it, and below 0.6 hardly a sentence.

It needs what `make test-slow` installs.
"""

import array
import base64
import wave
from pathlib import Path
from typing import Any

from playwright.async_api import Page

RATE = 48_000
PIECE_SECONDS = 2
"""Buffers stretch time: only short pieces can be compared with what was said."""

RECORD = """async (seconds) => {
    const { srcObject } = [...document.querySelectorAll("audio")].find(({ srcObject }) => srcObject);
    const reader = new MediaStreamTrackProcessor({ track: srcObject.getAudioTracks()[0] }).readable.getReader();
    const heard = new Int16Array(seconds * 48000);
    for (let at = 0; at < heard.length;) {
        const { value: data } = await reader.read();
        if (data.sampleRate !== 48000) throw new Error(`a rate of ${data.sampleRate}`);
        const samples = new Float32Array(data.numberOfFrames);
        data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
        for (const sample of samples) if (at < heard.length) heard[at++] = sample * 32767;
        data.close();
    }
    await reader.cancel();
    const bytes = new Uint8Array(heard.buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    return btoa(text);
}"""


async def intelligibility(page: Page, wav: Path, seconds: int) -> float:
    """Listen to a page for so many seconds, and compare with the speech that is said over and over."""
    heard = array.array("h", base64.b64decode(await page.evaluate(RECORD, seconds)))
    with wave.open(str(wav)) as file:
        said = array.array("h", file.readframes(file.getnframes()))
    return _mean_stoi(said, heard)


def _mean_stoi(said: "array.array[int]", heard: "array.array[int]") -> float:
    import numpy as np  # noqa: PLC0415 - only slow tests have it
    from pystoi import stoi  # noqa: PLC0415

    loop = np.asarray(said, dtype=float)
    piece = PIECE_SECONDS * RATE
    pieces = np.asarray(heard, dtype=float)[: len(heard) // piece * piece].reshape(-1, piece)
    return float(np.mean([stoi(_same_place(loop, each), each, RATE) for each in pieces]))


def _same_place(loop: Any, piece: Any) -> Any:
    """What was said when a piece was heard: where both are most alike."""
    import numpy as np  # noqa: PLC0415

    padded = np.zeros(len(loop))
    padded[: len(piece)] = piece
    likeness = np.fft.irfft(np.fft.rfft(loop) * np.conj(np.fft.rfft(padded)), len(loop))
    return np.roll(loop, -int(np.argmax(likeness)))[: len(piece)]
