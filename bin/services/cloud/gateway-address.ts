/** HOST:PORT as the settings hold it; they have been checked. */
export function parseGateway(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(":");
  return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}
