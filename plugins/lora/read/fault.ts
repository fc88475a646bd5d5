/** A file is not an adapter that can be used; the message says why, in words that follow "because". */
export class AdapterFault extends Error {
  override readonly name = "AdapterFault";
}
