// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What the service worker shows instead of a page that cannot be loaded. It is made on the spot and nothing is ever kept,
 * so that no page outlives the server that it came from. Every room loads this, so it is short.
 */

const words: Readonly<Record<string, string>> = {
  en: "The server cannot be reached.",
  de: "Der Server ist nicht erreichbar.",
  es: "No se puede llegar al servidor.",
  fr: "Le serveur est injoignable.",
  ja: "サーバーに接続できません。",
};

export function unreachablePage(): Response {
  const wanted = navigator.language.slice(0, 2);
  const language = wanted in words ? wanted : "en";
  const html = `<!doctype html><html lang=${language}><meta name=viewport content=width=device-width><meta name=color-scheme content="light dark"><title>keks-meet</title><h1>${words[language]}`;
  return new Response(html, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}
