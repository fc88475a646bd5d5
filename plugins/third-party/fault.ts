/** What a third-party plugin did wrong. */
export class SandboxFault extends Error {
  override readonly name = "SandboxFault";
  /** Whether the message is the plugin's own, which may quote what it was given. */
  readonly quoted: boolean;

  constructor(message: string, quoted = false) {
    super(message);
    this.quoted = quoted;
  }
}

/** It was waited for in vain. */
export class SandboxSilence extends SandboxFault {}
