/** What nobody asked to see (errors, notices, stacks, the decision log) holds no secret, wherever one was planted. */
import { chmodSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { HANDBOOK } from "./handbook.ts";
import { type Finished, User } from "./synesis.ts";

const KEY = "ghp_Q7wE9rT2yU5iO8pA1sD4fG6hJ3kL0zX2cV5b";
const MAIL = "petra.holm@station.example";
const PASSWORD = "hunter2-Xq9";
const CARD = "4111 1111 1111 1111";
const SECRETS = [KEY, MAIL, PASSWORD, CARD, "4111111111111111"];
const FAR = `https://petra:${PASSWORD}@models.example/${KEY}/m.gguf?token=${KEY}`;
const DEBUGGED = { DEBUG: "*", SYNESIS_DEBUG: "1" };

/** What a command prints unasked. */
function unasked({ stdout, stderr }: Finished): string {
  const error = /^\{"error":.*$/m.exec(stdout)?.[0] ?? "";
  return stderr + error;
}

function expectNone(text: string, where: string): void {
  for (const secret of SECRETS) expect(text.includes(secret), `${secret} in ${where}`).toBe(false);
}

async function failing(): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(404, `${KEY}`, { "x-request": MAIL });
    response.end(`{"error":{"message":"bad key ${KEY} for ${MAIL} at ${request.url}"}}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const COMMANDS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ["a file that is not there", ["redact", `/no/${KEY}/${MAIL}.txt`]],
  ["a folder that is not there", ["ask", "Why?", "--path", `/no/${KEY}`]],
  ["a flag that does not exist", ["ask", `mail ${MAIL}`, `--${KEY}`]],
  ["a command that does not exist", [KEY, MAIL]],
  ["one argument too many", ["config", "get", "council", `mail ${MAIL}`]],
  ["a value of a flag", ["ask", "Why?", "--top-k", `password=${PASSWORD}`]],
  ["a setting that does not exist", ["config", "set", KEY, PASSWORD]],
  ["a setting of the wrong form", ["config", "set", "council.threshold", `card ${CARD}`]],
  ["an address with a password", ["model", "pull", FAR]],
  ["a model by a wrong name", ["model", "info", KEY]],
  ["a model that is not here", ["model", "use", MAIL]],
  ["a session's name", ["vault", "forget", KEY]],
  ["a run's id", ["logs", "show", KEY]],
  ["a batch's file", ["batch", "ask", `/no/${MAIL}.jsonl`]],
  ["a document that is not indexed", ["knowledge", "remove", `/no/${KEY}/${MAIL}`]],
];

test.each(COMMANDS)("%s is told without its secrets, as text, as JSON and with everything debugged", async (name, args) => {
  const user = new User();
  const outputs = [await user.run(args, { env: DEBUGGED }), await user.run([...args, "--json"])];
  for (const output of outputs) {
    expect(output.code).not.toBe(0);
    expect(unasked(output)).toMatch(/\w/);
    expectNone(unasked(output), name);
  }
});

test("paths without secrets stay as they were typed", async () => {
  const path = "/no/such folder/Anna Berg 2024-03-01/notes (final).txt";
  expect(unasked(await new User().run(["redact", path]))).toContain(path);
});

test("errors of servers are told without what they quote", async () => {
  const server = await failing();
  const user = new User();
  for (const [key, value] of Object.entries({
    kind: "openai-compatible",
    baseUrl: `${server}/${KEY}/v1`,
    model: "m",
  }))
    expect((await user.run(["config", "set", `generator.${key}`, value])).code).toBe(0);
  const outputs = [
    await user.run(["config", "set", "generator.baseUrl", FAR], { env: DEBUGGED }),
    await user.run(["model", "pull", `${server}/${KEY}/m.gguf?token=${KEY}`], { env: DEBUGGED }),
    await user.run(["ask", "Who?"], { env: DEBUGGED }),
  ];
  for (const output of outputs) expectNone(unasked(output), "an error");
  const doctor = await user.run(["doctor"]); // goes into reports of faults as a whole
  expect(doctor.stdout).toContain("does not answer");
  expectNone(doctor.stdout + doctor.stderr, "doctor");
});

test("lines of a batch that fail are told without their secrets", async () => {
  const lines = [{ id: KEY, text: 1 }, { id: KEY, text: 2 }, { id: "a", q: MAIL }, `{"id": "${MAIL}" broken`].map((line) =>
    typeof line === "string" ? line : JSON.stringify(line),
  );
  const { stdout, stderr } = await new User().run(["batch", "redact", "-"], { input: `${lines.join("\n")}\n`, env: DEBUGGED });
  const errors = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.stringify((JSON.parse(line) as { error: unknown }).error));
  expect(errors.length).toBe(4);
  expectNone(errors.join("\n") + stderr, "a batch");
});

test("notices and the decision log hold none, from names of files, their text, and questions", async () => {
  const folder = `${KEY} of ${MAIL}`;
  const user = new User({
    ...Object.fromEntries(
      Object.entries(HANDBOOK).map(([path, text]) => [`${folder}/${path}`, `${text}\nWrite to ${MAIL}, key ${KEY}.\n`]),
    ),
    [`${folder}/card ${CARD}.txt`]: "\0binary\0\u0001\u0002\u0003",
    [`${folder}/${MAIL}.pdf`]: `%PDF-1.4 broken ${KEY} ${MAIL}`,
  });
  chmodSync(user.path(folder), 0o755);
  const outputs = [
    await user.run(["ask", `Who built the Heliograph for ${MAIL} with card ${CARD}?`, "--path", "."], { env: DEBUGGED }),
    await user.run(["ask", `Does password = "${PASSWORD}" open it?`, "--path", folder, "--explain", "--threshold", "0"]),
    await user.run(["knowledge", "add", folder, "--json"]),
  ];
  expect(outputs[0]?.stderr).toContain("Skipped");
  for (const output of outputs) expectNone(unasked(output), "a notice");
  const log = readdirSync(user.home).filter((name) => name.startsWith("runs.db"));
  expectNone(Buffer.concat(log.map((name) => readFileSync(join(user.home, name)))).toString("latin1"), "runs.db");
});
