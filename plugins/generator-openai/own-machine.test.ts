import { expect, test } from "vitest";
import { isOwnMachine } from "./own-machine.ts";

test.each([
  ["http://localhost:11434/v1", true],
  ["http://127.0.0.1:1234/v1", true],
  ["http://[::1]/v1", true],
  ["http://127.1/v1", true],
  ["https://127.0.0.1.example/v1", false],
  ["http://localhost.example/v1", false],
  ["http://127.0.0.1@example.org/v1", false],
  ["http://192.168.0.2/v1", false],
  ["nonsense", false],
])("%s: %s", (address, own) => expect(isOwnMachine(address)).toBe(own));
