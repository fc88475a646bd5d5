/** A file is not a GGUF model that can be used; the message says why, in words that follow "because". */
export class GgufFault extends Error {
  override readonly name = "GgufFault";
}
