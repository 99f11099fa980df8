// SPDX-License-Identifier: AGPL-3.0-only
/**
 * Whole pictures on demand of the sender. What was lost while there was no way is too old to be sent again, and
 * receivers ask for a whole picture every three seconds alone; so senders send one as soon as there is a way (N15).
 */

/** The time in which one whole picture is enough, in milliseconds. */
const rarely = 500;

/** Of WebRTC Extensions, section 5.4; engines that do not know it ignore it. */
interface KeyFrameParameters {
  readonly encodingOptions: readonly { readonly keyFrame: boolean }[];
}

type SetParameters = (parameters: RTCRtpSendParameters, options: KeyFrameParameters) => Promise<void>;

export class KeyFrames {
  readonly #connection: RTCPeerConnection;
  #sentAt = -Infinity;

  constructor(connection: RTCPeerConnection) {
    this.#connection = connection;
  }

  /** Has each own video begin with a whole picture. One that cannot is asked for by its receiver in the end. */
  send(): void {
    const now = performance.now();
    if (now - this.#sentAt < rarely) return;
    this.#sentAt = now;
    for (const sender of this.#connection.getSenders()) if (sender.track?.kind === "video") void sendKeyFrame(sender);
  }
}

async function sendKeyFrame(sender: RTCRtpSender): Promise<void> {
  const parameters = sender.getParameters();
  const encodingOptions = parameters.encodings.map(() => ({ keyFrame: true }));
  const setParameters: SetParameters = sender.setParameters.bind(sender);
  await setParameters(parameters, { encodingOptions }).catch(() => undefined);
}
