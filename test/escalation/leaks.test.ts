/** Sessions full of secrets through tunnel, gateway, Worker and stand-ins: what each of them got is searched, and every value comes back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { CLOUD_WAYS } from "../proof/cloud.ts";
import { proveNoLeaks } from "../proof/leaks.ts";

const SESSIONS = 20;

test.each(CLOUD_WAYS)(
  "over %s no detected value reaches gateway, Worker or providers, and all come back",
  async (way) => {
    const home = mkdtempSync(join(tmpdir(), "leaks-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const { leaked, notRestored, planted, bytes } = await proveNoLeaks(home, SESSIONS, way);
    expect({ leaked, notRestored }).toEqual({ leaked: [], notRestored: [] });
    expect(planted).toBeGreaterThan(SESSIONS * 8);
    expect(bytes).toBeGreaterThan(SESSIONS * 10_000);
  },
  180_000,
);
