// SPDX-License-Identifier: AGPL-3.0-only

/** The address of a file that the bundler copied. */
declare module "*.wasm" {
  const address: string;
  export default address;
}

/** The address of RNNoise's audio worklet, which the bundler filled in. */
declare const RNNOISE_WORKLET: string;

/** The address of the panels' style sheet. */
declare const PANELS_STYLE: string;

/** The address of the style sheet of what is loaded with a call. */
declare const CALL_STYLE: string;
