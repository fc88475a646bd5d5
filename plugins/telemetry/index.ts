/** The sign of life that a device sends to the cloud: how busy it is, and never what with. */
export { readGpu } from "./gpu.ts";
export { Heartbeat, type Wanted } from "./heartbeat.ts";
