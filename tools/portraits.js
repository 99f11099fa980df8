// SPDX-License-Identifier: AGPL-3.0-only
// For pictures of the pages: instead of a browser's test pattern, a camera shows somebody who was drawn.
(() => {
  const looks = [
    { wall: ["#3b4a63", "#1f2937"], skin: "#e8b894", hair: "#3a2418", shirt: "#b5485d", long: true },
    { wall: ["#5b4a3f", "#2d231e"], skin: "#8d5a3b", hair: "#1a1412", shirt: "#3f7d6e", long: false },
    { wall: ["#46604f", "#212f27"], skin: "#f1cdb0", hair: "#b8742f", shirt: "#3d5a98", long: true },
    { wall: ["#514766", "#262033"], skin: "#c98f63", hair: "#2b2b33", shirt: "#d9a441", long: false },
    { wall: ["#62474b", "#301f22"], skin: "#f0c6a8", hair: "#c9c4bd", shirt: "#4b6f44", long: false },
    { wall: ["#3f5a66", "#1d2c33"], skin: "#6f4630", hair: "#120d0b", shirt: "#8a5aa8", long: true },
  ];
  const [width, height] = [960, 720];

  function draw(context, look, time) {
    const [sway, nod] = [Math.sin(time / 900) * 8, Math.sin(time / 1300) * 5];
    const circle = (x, y, across, up, colour) => {
      context.fillStyle = colour;
      context.beginPath();
      context.ellipse(x, y, across, up, 0, 0, Math.PI * 2);
      context.fill();
    };
    const wall = context.createLinearGradient(0, 0, width, height);
    wall.addColorStop(0, look.wall[0]);
    wall.addColorStop(1, look.wall[1]);
    context.fillStyle = wall;
    context.fillRect(0, 0, width, height);
    context.fillStyle = "#ffffff14";
    context.fillRect(90, 70, 210, 260);
    context.fillRect(700, 420, 260, 16);
    for (const book of [715, 745, 772, 806]) context.fillRect(book, 310 + (book % 7) * 6, 22, 110 - (book % 7) * 6);
    const x = width / 2 + sway;
    const y = 330 + nod;
    if (look.long) circle(x, y + 60, 178, 250, look.hair);
    circle(width / 2 + sway / 2, 800, 300, 250, look.shirt);
    context.fillStyle = look.skin;
    context.fillRect(x - 48, y + 110, 96, 130);
    circle(x, y - 34, 150, 168, look.hair);
    circle(x, y + 10, 128, 160, look.skin);
    circle(x, y - 118, 132, 62, look.hair);
    const blink = time % 3700 < 130 ? 2 : 13;
    circle(x - 48, y, 12, blink, "#241a17");
    circle(x + 48, y, 12, blink, "#241a17");
    circle(x, y + 82, 34, 9 + Math.abs(Math.sin(time / 260)) * 9, "#7d2f35");
  }

  // One machine does what all of a crowd would do: their pictures are smaller, and fewer.
  function camera(look) {
    const [scale, pause] = globalThis.isCrowd ? [0.5, 250] : [1, 66];
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: width * scale, height: height * scale });
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    const tick = () => draw(context, look, performance.now());
    tick();
    setInterval(tick, pause);
    return canvas.captureStream(1000 / pause);
  }

  const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) =>
    wanted.video ? camera(looks[globalThis.portrait % looks.length]) : native(wanted);
})();
