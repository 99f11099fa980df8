// SPDX-License-Identifier: AGPL-3.0-only
// A camera that sees noise, which takes all the bits that an encoder may use.
(() => {
  const [width, height, rate] = [160, 120, 10];

  function picture() {
    const pixels = new Uint8ClampedArray(width * height * 4);
    for (let start = 0; start < pixels.length; start += 65536) {
      crypto.getRandomValues(pixels.subarray(start, start + 65536));
    }
    return new ImageData(pixels, width, height);
  }

  navigator.mediaDevices.getUserMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d");
    const pictures = Array.from({ length: 4 }, picture);
    let at = 0;
    setInterval(() => context.putImageData(pictures[at++ % pictures.length], 0, 0), 1000 / rate);
    return canvas.captureStream(rate);
  };
})();
