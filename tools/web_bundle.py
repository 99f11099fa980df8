# SPDX-License-Identifier: AGPL-3.0-only
"""Bundles the browser client's scripts and styles with esbuild, and tells what was made from what."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import node

ENTRIES = (
    {"room": "src/main.tsx", "style": "src/styles/style.css", "pages": "src/styles/pages.css"},
    # By itself: what two pages share would be cut into small files that both have to load.
    {"start": "src/start.tsx"},
)
WORKLET = "node_modules/@sapphi-red/web-noise-suppressor/dist/rnnoise/workletProcessor.js"
COMMON = [
    "--bundle",
    "--minify",
    "--target=es2022",
    "--legal-comments=none",
    "--charset=utf8",
    "--log-level=warning",
]
NAMES = ["--entry-names=[name]-[hash]", "--chunk-names=[name]-[hash]", "--asset-names=[name]-[hash]"]


@dataclass(frozen=True)
class Bundle:
    """The files that esbuild wrote into `assets/`."""

    assets: dict[str, str]
    """The name that pages use, such as `room.js`, to the hashed file name."""

    outputs: dict[str, dict[str, Any]]
    """esbuild's own account of each file, by file name."""

    def loaded_with(self, *names: str) -> list[str]:
        """The named assets and all that they import at once; what is imported lazily stays out."""
        found: list[str] = []
        waiting = [self.assets[name] for name in names]
        while waiting:
            file = waiting.pop(0)
            if file not in found:
                found.append(file)
                waiting += [i["path"] for i in self.outputs[file]["imports"] if i["kind"] == "import-statement"]
        return found


def bundle_pages(web: Path, assets: Path) -> Bundle:
    """Bundle what the pages load; parts that are imported dynamically become files of their own."""
    meta_file = assets / "meta.json"
    options = ["--format=esm", "--splitting", f"--outdir={assets}", f"--metafile={meta_file}"]
    options += ["--loader:.wasm=file", f'--define:RNNOISE_WORKLET="{_worklet(web, assets)}"']
    options += [f'--define:PANELS_STYLE="{_panels_style(web, assets)}"']
    outputs: dict[str, dict[str, Any]] = {}
    for entries in ENTRIES:
        _esbuild(web, *(f"{name}={source}" for name, source in entries.items()), *NAMES, *options)
        outputs |= json.loads(meta_file.read_bytes())["outputs"]
    meta_file.unlink()
    return _read_bundle(outputs)


def _worklet(web: Path, assets: Path) -> str:
    """Bundle the audio worklet of RNNoise, which has to be a file of its own, and return its address."""
    _esbuild(web, f"rnnoise-worklet={WORKLET}", *NAMES, "--format=esm", f"--outdir={assets}")
    return f"assets/{next(assets.glob('rnnoise-worklet-*.js')).name}"


def _panels_style(web: Path, assets: Path) -> str:
    """Bundle the style sheet of the panels, which is loaded with them, and return its address."""
    _esbuild(web, "panels=src/styles/panels.css", *NAMES, f"--outdir={assets}")
    return f"assets/{next(assets.glob('panels-*.css')).name}"


def bundle_service_worker(web: Path, target: Path) -> None:
    """Bundle the service worker, whose address never changes."""
    _esbuild(web, "src/service-worker.ts", "--format=iife", f"--outfile={target}")


def _esbuild(web: Path, *arguments: str) -> None:
    subprocess.run([node.esbuild(web), *COMMON, *arguments], cwd=web, check=True)


def _read_bundle(by_path: dict[str, dict[str, Any]]) -> Bundle:
    outputs = {Path(path).name: output for path, output in by_path.items()}
    for output in outputs.values():
        output["imports"] = [{**i, "path": Path(i["path"]).name} for i in output["imports"]]
    entry_of = {source: name for entries in ENTRIES for name, source in entries.items()}
    entries = {file: entry_of.get(output.get("entryPoint", "")) for file, output in outputs.items()}
    assets = {f"{name}{Path(file).suffix}": file for file, name in entries.items() if name}
    return Bundle(assets, outputs)
