/** Follows JSON text to know whether a place is inside a string, or inside a string of JSON that is itself a string. */
export class JsonPlace {
  #inString = false;
  #inInner = false;
  #escaped = false;

  pass(text: string): void {
    for (const char of text) {
      if (this.#escaped) {
        if (char === '"') this.#inInner = !this.#inInner;
        this.#escaped = false;
      } else if (char === "\\" && this.#inString) this.#escaped = true;
      else if (char === '"') {
        this.#inString = !this.#inString;
        this.#inInner = false;
      }
    }
  }

  /** The value as it has to be written here. */
  escape(value: string): string {
    const once = (text: string) => JSON.stringify(text).slice(1, -1);
    if (!this.#inString) return value;
    return this.#inInner ? once(once(value)) : once(value);
  }
}
