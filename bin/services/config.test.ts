import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { flatten, getSetting, loadConfig, setSetting } from "./config.ts";

const home = (text?: string) => {
  const folder = mkdtempSync(join(tmpdir(), "config-"));
  if (text !== undefined) writeFileSync(join(folder, "config.json"), text);
  return folder;
};

test("without a file every setting has its default", () => {
  expect(flatten(loadConfig(home()))).toMatchObject({ "council.threshold": 0.85, "council.rounds": 3, "retrieval.topK": 8 });
});

test("a setting is changed, kept, and the others stay defaults", () => {
  const at = home();
  setSetting(at, "council.weights.ethos", "2");
  expect(getSetting(setSetting(at, "council.threshold", "0.9"), "council")).toMatchObject({
    threshold: 0.9,
    rounds: 3,
    weights: { ethos: 2 },
  });
  expect(JSON.parse(readFileSync(join(at, "config.json"), "utf8"))).toEqual({ council: { weights: { ethos: 2 }, threshold: 0.9 } });
});

const refuses = (key: string, value: string, code: string) =>
  test(`${key} = ${value} is refused and nothing is written`, () => {
    const at = home('{"retrieval":{"topK":4}}');
    expect(() => setSetting(at, key, value)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(key.slice(0, 20)) }));
    expect(getSetting(loadConfig(at), "retrieval.topK")).toBe(4);
  });

refuses("council.threshold", "1.5", "CONFIG_INVALID");
refuses("council.threshold", "NaN", "CONFIG_INVALID");
refuses("council.threshold", "high", "CONFIG_INVALID");
refuses("council.rounds", "4", "CONFIG_INVALID");
refuses("council.rounds", "1.5", "CONFIG_INVALID");
refuses("council.nothing", "1", "CONFIG_KEY_UNKNOWN");
refuses("nothing", "1", "CONFIG_KEY_UNKNOWN");
refuses("council.rounds", "true", "CONFIG_INVALID");
refuses("__proto__.polluted", "1", "CONFIG_KEY_UNKNOWN");
refuses("generator.baseUrl", "localhost:11434/v1", "CONFIG_INVALID");
refuses("generator.baseUrl", "", "CONFIG_INVALID");
refuses("models.hub", "ftp://hub.example", "CONFIG_INVALID");
refuses("generator.apiKeyVariable", "sk-proj-0123456789", "CONFIG_INVALID");
refuses("constructor.prototype", "1", "CONFIG_KEY_UNKNOWN");
refuses("cloud.gateway", "host:99999", "CONFIG_INVALID");
refuses("cloud.gateway", "me:secret@gateway.example:443", "CONFIG_INVALID");

test.each([
  ["generator.baseUrl", "https://me:secret@models.example/v1", "generator.apiKeyVariable"],
  ["escalation.baseUrl", "https://secret@models.example/v1", "`synesis model key`"],
  ["models.hub", "https://me:secret@hub.example", "without one"],
  ["cloud.api", "https://me:secret@cloud.example", "`synesis cloud login`"],
])("a password in %s is refused, not repeated, and it is said where a key belongs", (key, value, next) => {
  const at = home("{}");
  const refused = expect.objectContaining({
    code: "CONFIG_INVALID",
    message: expect.toSatisfy((message: string) => message.includes(next) && !message.includes("secret")),
  });
  expect(() => setSetting(at, key, value)).toThrow(refused);
  expect(readFileSync(join(at, "config.json"), "utf8")).toBe("{}");
});

test.each([
  ["escalation.model", '""', "its length must be at least 1"],
  ["escalation.apiKeyVariable", "A B", "it must be a variable's name: letters, digits and underscores"],
  ["cloud.gateway", "nowhere", "it must be HOST:PORT"],
])("%s = %s is refused with what it must be", (key, value, message) => {
  expect(() => setSetting(home("{}"), key, value)).toThrow(`${key}: ${message}`);
});

test("a file that is not JSON is named", () => {
  expect(() => loadConfig(home("{ nope"))).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining("config.json") }),
  );
});

test("a key that is not set is told apart from a wrong one", () => {
  expect(() => getSetting(loadConfig(home()), "council.weights.stranger")).toThrow(expect.objectContaining({ code: "CONFIG_KEY_UNKNOWN" }));
});
