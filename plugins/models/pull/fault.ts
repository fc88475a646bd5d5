/**
 * Why an attempt to download failed. A passing fault is worth another attempt, a lasting one is not, and after "changed"
 * everything has to start again.
 */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly kind: "passing" | "lasting" | "changed";

  constructor(kind: Fault["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}
