# SPDX-License-Identifier: AGPL-3.0-only
"""Sound for fake microphones, as WAV files of 48 kHz: speech, alone and in noise, and a tone."""

import array
import math
import random
import subprocess
import wave
from pathlib import Path

RATE = 48_000
TEXT = "The quick brown fox jumps over the lazy dog, and then it walks slowly back to its warm and quiet den again."


def speech_in_noise(path: Path, *, noise: float = 0.02) -> Path:
    """Three seconds of noise of this level, then as long speech in it, over and over as browsers loop it."""
    spoken = _speech(path.with_suffix(".speech.wav"))
    draw = random.Random(1)  # noqa: S311 - noise, always the same
    pause = 3 * RATE
    samples = [draw.gauss(0, noise) for _ in range(pause + len(spoken))]
    for at, sample in enumerate(spoken):
        samples[pause + at] += sample
    return _write(path, samples)


def speech(path: Path) -> Path:
    """Speech without a pause, over and over as browsers loop it."""
    return _write(path, _speech(path.with_suffix(".speech.wav")))


def tone(path: Path, *, level: float = 0.1, hertz: float = 440.0) -> Path:
    """A sine of this peak level, whole periods long."""
    return _write(path, [level * math.sin(2 * math.pi * hertz * at / RATE) for at in range(2 * RATE)])


def _speech(path: Path) -> list[float]:
    """What espeak-ng says, at 48 kHz and a third of full scale."""
    subprocess.run(["/usr/bin/espeak-ng", "-s", "150", "-w", path, TEXT], check=True)
    with wave.open(str(path)) as file:
        rate, frames = file.getframerate(), array.array("h", file.readframes(file.getnframes()))
    loudest = max(map(abs, frames))
    wanted = int(len(frames) * RATE / rate)
    return [_between(frames, at * rate / RATE) / loudest / 3 for at in range(wanted)]


def _between(frames: "array.array[int]", position: float) -> float:
    before = int(position)
    after = min(before + 1, len(frames) - 1)
    return frames[before] + (frames[after] - frames[before]) * (position - before)


def _write(path: Path, samples: list[float]) -> Path:
    limited = (int(max(-1.0, min(1.0, sample)) * 32_767) for sample in samples)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array.array("h", limited).tobytes())
    return path
