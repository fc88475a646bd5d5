/** Documents for tests: small, plain, with facts that can be asked for. */
export const HANDBOOK = {
  "handbook.md": `# Heliograph handbook

The Heliograph is a signalling device that was built in 1821 by Carl Friedrich Gauss in Göttingen.

## Installation

To install the Heliograph, mount the mirror on the tripod and point the sighting rod at the receiving station.

## Range

On a clear day the Heliograph reaches a range of 48 kilometres.
`,
  "notes/contacts.txt":
    "The keeper of the northern station is Ada Quill. Her e-mail address is ada.quill@station.example and her telephone is +49 30 901820.\n",
  "page.html":
    "<html><head><title>Mirror care</title><style>p{}</style></head><body><h1>Mirror care</h1><p>Clean the mirror with distilled water every Monday.</p></body></html>",
} as const;
