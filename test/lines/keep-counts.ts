/** Keeps what the file of tests that ends has counted in its own process, and has those that it starts count too. */
import { afterAll } from "vitest";
import { keepCounts } from "./worker-tree.ts";

process.env["NODE_OPTIONS"] = `--import ${new URL("process.js", import.meta.url).href}`;

afterAll(() => keepCounts((globalThis as { __coverage__?: unknown }).__coverage__));
