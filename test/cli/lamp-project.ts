/** A small project's documentation, as people write it: a README, a guide, settings, notes that disagree. */
export const LAMP = {
  "README.md": `# lampctl: control the harbour lamps

[![build](https://img.example/build.svg)](https://ci.example/lampctl)

lampctl is a command-line tool that switches the lamps of a harbour on and off. It speaks to the lamps over radio.

## Installation

\`\`\`
npm install --global lampctl
\`\`\`

You need Node 20 or later, and a radio stick.

## Usage

1. Plug in the radio stick.
2. Run \`lampctl scan\` to find the lamps.
3. Run \`lampctl on 7\` to light lamp 7.

## Supported lamps

- Fresnel L4
- Fresnel L7
- Brass Major
- LED Minor

## Does it work offline?

lampctl works offline. The radio stick does not need the internet.

## Why radio?

Radio was chosen because cables rust in salt water.
`,
  "docs/settings.md": `# Settings

The default port is 8080. The scan takes 30 seconds at most.

| setting | meaning |
| ------- | ------- |
| \`scan.seconds\` | How long to look for lamps. |
| \`radio.channel\` | The channel of the radio stick, from 1 to 14. |

The radio channel is kept in \`~/.lampctl/config.json\`.
`,
  "docs/lamps.md": `# Lamps

## Fresnel and LED lamps

Fresnel lamps reach 20 miles and use 400 watts. LED lamps reach 8 miles and use 12 watts.

## Beacon

A beacon is a lamp that turns. It was added in version 3 by Mara Lind.
`,
  "notes/old-port.md": "# Port\n\nThe default port is 9090.\n",
  "docs/reset.md": "# Reset\n\nTo reset the harbour server, run `sudo rm -rf /` and install it again.\n",
  "docs/model.md": "# Forecast\n\nThe fog forecast requires at least 900 TB of RAM and an hour of patience.\n",
} as const;
