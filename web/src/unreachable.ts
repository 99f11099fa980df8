// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What the service worker shows instead of a page that cannot be loaded. It is made on the spot and nothing is ever kept,
 * so that no page outlives the server that it came from. Small, since every room loads it.
 */

const words = new Map([
  ["en", "The server cannot be reached. Reload this page later."],
  ["de", "Der Server ist nicht erreichbar. Lade die Seite später neu."],
  ["es", "No se puede llegar al servidor. Vuelve a cargar la página más tarde."],
  ["fr", "Le serveur est injoignable. Rechargez la page plus tard."],
  ["ja", "サーバーに接続できません。後で再読み込みしてください。"],
]);

export function unreachablePage(): Response {
  const wanted = navigator.language.slice(0, 2);
  const language = words.has(wanted) ? wanted : "en";
  const html = `<!doctype html><html lang=${language}><meta name=viewport content=width=device-width>
<meta name=color-scheme content="light dark"><title>keks-meet</title>
<body style="margin:2rem;font-family:system-ui"><h1>keks-meet</h1><p>${words.get(language)}`;
  return new Response(html, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}
