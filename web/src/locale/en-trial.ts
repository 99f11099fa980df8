// SPDX-License-Identifier: AGPL-3.0-only
/** The words of the test of a connection in English. */

export const enOfTrial = {
  trial: {
    intro:
      "This tries what a call needs, one thing after the other. Picture and sound stay in this browser, and only this server, and the STUN and TURN servers that it names, are asked.",
    start: "Start the test",
    speaker: "Speaker",
    server: "Server",
    stun: "Way out (STUN)",
    turn: (transport: string) => `Relay (TURN, ${transport})`,
    noTurn: "Relay (TURN)",
    states: {
      waiting: "not tried yet",
      running: "being tried…",
      asking: "waits for you",
      good: "works",
      unsure: "not certain",
      bad: "does not work",
    },
    heard: "I hear it",
    notHeard: "I hear nothing",
    switchOff: "Switch off",
    loudness: "Loudness of your microphone",
    copyReport: "Copy the report",
    reportHint: "The report has neither addresses nor secrets in it.",
    done: "The test is done.",
    picture: "Your picture is here.",
    heardYou: "You are heard.",
    silent:
      "Nothing is heard. Speak. If that does not help, your microphone may be muted, or another one be in use: see the settings of your system.",
    unmeasured:
      "This browser cannot measure it, since it plays no sound: others may hear you all the same. Is a speaker connected?",
    question: "A tone is playing. Do you hear it?",
    youHear: "You hear it.",
    noTone: "Turn up the volume, or choose another speaker in the settings of your system.",
    blocked: "The browser plays no sound. Press Speaker again.",
    answers: (version: string, time: string) => `It answers within ${time}: ${version}.`,
    noAnswer: "The server does not answer. Does your network work? The server may be down.",
    noSignaling:
      "It shows pages and takes no WebSocket: a proxy on the way may not pass it on. Its host has to look at /signaling.",
    translated: "It answers: a router translates your address (NAT), and calls get through most of the time.",
    plain: "It answers, and no router translates your address.",
    answered: "It answers.",
    stunSilent:
      "It does not answer: a firewall here or there lets no UDP through. Calls need a relay (TURN), or another network.",
    stunUnsure:
      "Nothing was found, and this browser does not tell why: nothing translates your address, or it does not answer.",
    noStun: "The server names none. People in other networks may not reach you.",
    carries: "A connection through it carries data.",
    refused:
      "It refuses the server's credentials. The host of the server has to look at turn_secret, or turn_user and turn_cred, and at the clock.",
    unreachable:
      "It cannot be reached this way. A firewall may be in between; for TLS, the certificate may be wrong too.",
    carriesNothing:
      "It is there, and carries nothing to itself. Its host has to look at allowed-peer-ip and at its limits.",
    noRelay: "The server has none. Who is in a network that lets nothing else through reaches nobody.",
  },
};
