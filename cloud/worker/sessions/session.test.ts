import { expect, test } from "vitest";
import { services } from "../../../plugins/privacy/patterns/services.ts";
import { holdsSecret } from "./session.ts";

const KEY = "aB3dE6gH9k".repeat(4);

test.each([
  `sha256:${"7d15db891a9da709".repeat(4)}`,
  `docker pull image@sha256:${"7d15db891a9da709".repeat(4)}`,
  `commit: ${"14fd418218".repeat(4)}`,
  `The build = ${KEY}`,
  "[API_KEY_01], aws_secret_access_key = [API_KEY_02]",
])("a text without a key of a known form is taken: %s", (text) => expect(holdsSecret(text)).toBe(false));

test.each([`ghp_${KEY.slice(0, 36)}`, `heroku_api_key = "${KEY}"`, `AWS_TOKEN=${KEY}`])("a known key is not: %s", (text) =>
  expect(holdsSecret(`see ${text}, please`)).toBe(true),
);

test("every pattern that needs neither its surroundings nor a check is looked for", () => {
  const alone = services.filter(({ context, back, check, digits }) => !context && !back && !check && !digits);
  const texts = alone.flatMap(({ matches }) => matches);
  expect(texts.length).toBeGreaterThan(100);
  expect(texts.filter((text) => !holdsSecret(text))).toEqual([]);
  expect(alone.flatMap(({ misses }) => misses).filter(holdsSecret)).toEqual([]);
});
