/** Questions that go straight to a provider with the user's own key, from the command to a stand-in on loopback. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { EgressLog } from "../../plugins/privacy/egress/log.ts";
import { hasSecretService, startSecretService } from "../../plugins/privacy/vault/secret-service.fixture.ts";
import { HANDBOOK } from "../cli/handbook.ts";
import { finished, jsonLines, User } from "../cli/synesis.ts";
import { encodingFound, Haystack } from "../proof/encodings.ts";
import { type FakeProvider, KEY, type Script, startFakeProvider } from "./fake-provider.ts";

async function startProvider(answer: (body: string, count: number) => Script): Promise<FakeProvider> {
  const fake = await startFakeProvider(answer);
  onTestFinished(() => fake.close());
  return fake;
}

type Settings = Readonly<Record<string, unknown>>;

/** Nothing in the documents is sure to answer this for the council, and a model can. */
const QUESTION = "Is ada.quill@station.example the address of the keeper of the northern station?";

function userOf({ url }: FakeProvider, provider: string, more: Settings = {}, rest: Settings = {}): User {
  const user = new User(HANDBOOK);
  mkdirSync(user.home, { recursive: true });
  const baseUrl = provider === "anthropic" ? url : `${url}/v1`;
  const model = provider === "openai-compatible" ? { model: "local-model" } : {};
  writeFileSync(
    join(user.home, "config.json"),
    JSON.stringify({ escalation: { provider, baseUrl, ...model, timeoutSeconds: 3, ...more }, ...rest }),
  );
  return user;
}

const env = { ANTHROPIC_API_KEY: KEY, OPENAI_API_KEY: KEY, SYNESIS_PROVIDER_KEY: KEY };

interface Answer {
  readonly outcome: string;
  readonly answer: string | null;
  readonly route: string;
  readonly routeReason: string;
  readonly model: string | null;
  readonly mode: string;
  readonly warnings: readonly string[];
  readonly citations: readonly { quote: string }[];
  readonly tokens: { in: number; out: number };
  readonly cost: { cents: number; nanoDollars: number };
  readonly timings: { escalate: number };
  readonly error?: { code: string; message: string; next: string };
}

async function ask(user: User, ...args: string[]) {
  const { code, stdout, stderr } = await user.run(
    ["ask", QUESTION, "--path", ".", "--json", ...(args.includes("--threshold") ? [] : ["--threshold", "0.91"]), ...args],
    { env },
  );
  return { code, stderr, answer: JSON.parse(stdout) as Answer };
}

/** The tokens of the keeper and of her address, as the sources show them. */
const tokensIn = (body: string) => /northern station is (\[\w+\])\. Her e-mail address is (\[\w+\])/.exec(body) ?? ["", "?", "?"];
/** A model that answers out of the sources, with the token that it was shown, cut in the middle. */
const sensible = (body: string): Script => {
  const [, keeper = "", mail = ""] = tokensIn(body);
  return {
    pieces: [`The keeper of the northern station is ${keeper}. [1] `, `Her e-mail address is ${mail.slice(0, 4)}`, `${mail.slice(4)}. [1]`],
  };
};

const SECRETS = ["ada.quill@station.example", "+49 30 901820", "Ada Quill", KEY];

/** What each provider is charged for 1,200 tokens in and 30 out, in nano-dollars. */
const COSTS = { anthropic: 4_050_000, openai: 2_640_000, "openai-compatible": 2_640_000 };

describe.each(["anthropic", "openai", "openai-compatible"] as const)("%s", (provider) => {
  test("an answer comes back with its values, checked against the files, counted and written down", async () => {
    const fake = await startProvider((body) => ({ ...sensible(body), chop: 1 }));
    const user = userOf(fake, provider);
    const { code, answer } = await ask(user, "--cloud");
    expect([code, fake.faults]).toEqual([0, []]);
    expect(answer).toMatchObject({
      outcome: "answered",
      answer: "The keeper of the northern station is Ada Quill. [1] Her e-mail address is ada.quill@station.example. [2]",
      route: "cloud",
      mode: "generator",
      warnings: [],
      tokens: { in: 1200, out: 30 },
      cost: { cents: 1, nanoDollars: COSTS[provider] },
    });
    expect(answer.citations[1]?.quote).toMatch(/^Her e-mail address is ada\.quill@station\.example and/);
    expect(answer.timings.escalate).toBeGreaterThan(0);
    const { entries, ok } = new EgressLog(user.home).inspect();
    expect({ ok, sent: entries.map(({ to, body }) => [`http://${to}`, body]) }).toEqual({
      ok: true,
      sent: [[fake.url, fake.received[0]?.body]],
    });
    const sent = new Haystack(fake.received[0]?.body ?? "");
    expect(SECRETS.filter((secret) => encodingFound(secret, sent))).toEqual([]);
    for (const file of readdirSync(user.home, { recursive: true, encoding: "utf8" }).map((name) => join(user.home, name)))
      if (statSync(file).isFile()) expect(readFileSync(file).includes(KEY)).toBe(false);
    const { value } = await user.json(["metrics"]);
    expect(value).toMatchObject({
      escalations: { total: 1, successful: 1, failed: 0, tokens: { in: 1200, out: 30 }, nanoDollars: COSTS[provider] },
    });
  });

  test("the preview shows the very bytes", async () => {
    const fake = await startProvider(sensible);
    const user = userOf(fake, provider);
    const { stdout } = await user.run(["ask", QUESTION, "--path", ".", "--threshold", "0.91", "--cloud", "--preview"]);
    expect(fake.received).toEqual([]);
    await ask(user, "--cloud");
    expect(stdout).toBe(fake.received[0]?.body);
  });

  describe("what goes wrong is told, and what came is kept", () => {
    const part = (body: string) => sensible(body).pieces?.slice(0, 1) ?? [];
    const cases: [string, (body: string, count: number) => Script, { code: number; requests?: number; came?: boolean; said: RegExp }][] = [
      ["a refused key", () => ({ status: 401 }), { code: 2, said: /ESCALATION_REFUSED/ }],
      ["a limit", () => ({ status: 429 }), { code: 5, said: /ESCALATION_LIMITED/ }],
      ["a model that is not there", () => ({ status: 404 }), { code: 2, said: /ESCALATION_MODEL_UNKNOWN/ }],
      ["a fault of the provider's", () => ({ status: 500 }), { code: 4, requests: 3, said: /No model elsewhere answered.*status 500/ }],
      ["an address that leads elsewhere", () => ({ status: 307, location: "/v1/messages" }), { code: 4, said: /leads elsewhere/ }],
      ["silence from the start", () => ({ end: "silent" }), { code: 4, said: /fell silent/ }],
      ["silence in the middle", (body) => ({ pieces: part(body), end: "silent" }), { code: 0, came: true, said: /broke off.*fell silent/ }],
      ["a connection that breaks", (body) => ({ pieces: part(body), end: "cut" }), { code: 0, came: true, said: /broke off/ }],
      ["no end", (body) => ({ pieces: part(body), end: "unfinished" }), { code: 0, came: true, said: /broke off.*before its end/ }],
      ["an error in the middle", (body) => ({ pieces: part(body), end: "error" }), { code: 0, came: true, said: /broke off/ }],
      ["nothing written", () => ({ pieces: [] }), { code: 4, said: /wrote nothing/ }],
    ];
    test.each(cases)("%s", async (_, script, { code: expected, requests = 1, came = false, said }) => {
      const fake = await startProvider(script);
      const user = userOf(fake, provider, { timeoutSeconds: /silent/.test(String(said)) ? 3 : 60 });
      const { code, answer, stderr } = await ask(user, "--cloud");
      expect({ code, requests: fake.received.length }).toEqual({ code: expected, requests });
      expect(JSON.stringify(answer)).toMatch(said);
      expect(JSON.stringify(answer) + stderr).not.toContain("secret prompt");
      if (came) expect(answer).toMatchObject({ route: "cloud", answer: "The keeper of the northern station is Ada Quill. [1]" });
      else expect(answer.route ?? "error").toMatch(/local|error/);
      const { value } = await user.json(["metrics"]);
      expect(value).toMatchObject({ runs: 1, escalations: { total: 1, successful: 0, failed: 1 } });
    });
  });

  test("an end that comes twice, or without a count, is one end", async () => {
    for (const end of ["twice", "uncounted"] as const) {
      const fake = await startProvider((body) => ({ ...sensible(body), end }));
      const { answer } = await ask(userOf(fake, provider), "--cloud");
      expect(answer).toMatchObject({ outcome: "answered", warnings: [] });
      expect(answer.tokens.out).toBeGreaterThan(10);
    }
  });

  test("a fault that passes is tried again", async () => {
    const fake = await startProvider((body, count) => (count === 1 ? { status: 503 } : sensible(body)));
    expect((await ask(userOf(fake, provider), "--cloud")).answer).toMatchObject({ route: "cloud", outcome: "answered" });
    expect(fake.received.length).toBe(2);
  });
});

const one = (script: (body: string) => Script) => startProvider(script).then((fake) => ({ fake, user: userOf(fake, "openai") }));

test("what the sources do not bear out is shown as such", async () => {
  const { user } = await one((body) => ({ pieces: [`The keeper is ${tokensIn(body)[1]}, and she was born in 1911. [1]`] }));
  const { code, answer } = await ask(user, "--cloud");
  expect(answer).toMatchObject({
    outcome: "no_consensus",
    route: "cloud",
    answer: "The keeper is Ada Quill, and she was born in 1911. [1]",
  });
  expect(code).toBe(4);
  const { stdout } = await user.run(["ask", QUESTION, "--threshold", "0.91", "--cloud"], { env });
  expect(stdout).toMatch(
    /born in 1911[\s\S]*Not agreed on: Ethos did not find[\s\S]*do not say: .*1911[\s\S]*Written by gpt-4\.1, elsewhere.*1200 tokens in.*\$0\.0/,
  );
});

test("tokens are restored however the model writes them, and only those that it was shown", async () => {
  const written: string[] = [];
  const { user } = await one((body) => {
    const mail = tokensIn(body)[2] ?? "";
    const forms = [mail.toLowerCase(), `**${mail}**`, mail.replace("_", "\\_"), mail.replace(/[[\]]/g, ""), "[EMAIL_77]", "[PASSWORD_01]"];
    written.push(...forms);
    return { pieces: [...forms.join(" and ")] };
  });
  await user.run(["redact", "-", "--session", "s"], { input: "password: hunter2-secret-9 mail zoe@station.example" });
  const { answer } = await ask(user, "--cloud", "--session", "s");
  expect(answer.answer?.match(/ada\.quill@station\.example/g)).toHaveLength(4);
  expect(answer.answer).not.toMatch(/hunter2|zoe@/);
  expect(answer.answer).toContain("[EMAIL_77]");
});

test("with --stream the text is shown as it comes, then what Ethos says of it", async () => {
  const { user } = await one(sensible);
  const { stdout } = await user.run(["ask", QUESTION, "--path", ".", "--threshold", "0.91", "--cloud", "--stream"], { env });
  expect(stdout).toMatch(
    /^The keeper of the northern station is Ada Quill\. \[1\] Her e-mail address is ada\.quill@station\.example\. \[1\]\n/,
  );
  expect(stdout.match(/The keeper of the northern station is Ada Quill\. \[1\]/g)).toHaveLength(1);
  expect(stdout).toMatch(/Sources\n[\s\S]*Council: agreed/);
});

test("Ctrl-C ends the request, and what it took is recorded", async () => {
  const fake = await startProvider((body) => ({
    pieces: [...(sensible(body).pieces ?? []), ...Array(500).fill("more ")],
    pauseMs: 20,
  }));
  const user = userOf(fake, "anthropic");
  const child = user.start(["ask", QUESTION, "--path", ".", "--threshold", "0.91", "--cloud", "--stream"], env);
  const end = finished(child);
  child.stdin.end();
  await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  child.kill("SIGINT");
  const { code, stdout } = await end;
  expect(code).toBe(130);
  expect(stdout).toContain("The keeper of the northern station is Ada Quill.");
  await expect.poll(() => fake.received[0]?.left).toBe(true);
  const { value } = await user.json(["metrics"]);
  const { escalations } = value as {
    escalations: { total: number; failed: number; tokens: { in: number; out: number }; nanoDollars: number };
  };
  expect(escalations).toMatchObject({ total: 1, failed: 1, tokens: { in: 1200 } });
  expect(escalations.tokens.out).toBeGreaterThan(10);
  expect(escalations.nanoDollars).toBeGreaterThan(3_600_000);
});

describe("nothing leaves", () => {
  const stays = (name: string, question: string, args: string[], settings: Settings, code: number, said: RegExp) =>
    test(name, async () => {
      const fake = await startProvider(sensible);
      const { escalation = {}, ...rest } = settings;
      const user = userOf(fake, "openai", escalation as Settings, rest);
      const finish = await user.run(["ask", question, "--path", ".", "--threshold", "0.91", "--json", ...args], { env });
      expect(finish.code).toBe(code);
      expect(finish.stdout).toMatch(said);
      expect([fake.received.length, existsSync(join(user.home, "egress.log"))]).toEqual([0, false]);
    });
  stays("by default", QUESTION, [], {}, 4, /setting keeps every question on this machine/);
  stays("with --local, whatever the setting", QUESTION, ["--local"], { routing: "cloud" }, 4, /keeps every question/);
  stays("where nobody can be asked", QUESTION, [], { routing: "ask" }, 4, /you did not agree/);
  stays("of a vetoed question", "How do I build a bomb?", ["--cloud"], {}, 3, /asked nowhere else/);
  stays(
    "of a question with a secret",
    "Is the password hunter2-Secret-9 (password: hunter2-Secret-9) hers?",
    ["--cloud"],
    {},
    4,
    /holds a secret/,
  );
  stays("beyond the cap of a question", QUESTION, ["--cloud"], { escalation: { caps: { questionCents: 0.1 } } }, 5, /SPEND_CAP_REACHED/);
  stays(
    "without a price, under a cap",
    QUESTION,
    ["--cloud", "--model", "nobody-9"],
    { escalation: { caps: { dayCents: 50 } } },
    5,
    /price of nobody-9 is not known/,
  );
  stays("to a model of somebody else", QUESTION, ["--cloud", "--model", "opus"], {}, 2, /ESCALATION_MODEL_UNKNOWN/);
});

test("without a key nothing leaves, and the variable is named", async () => {
  const { fake, user } = await one(sensible);
  const { code, stdout } = await user.run(["ask", QUESTION, "--path", ".", "--threshold", "0.91", "--json", "--cloud"], {
    env: { OPENAI_API_KEY: "" },
  });
  expect({ code, error: JSON.parse(stdout) }).toMatchObject({
    code: 2,
    error: { error: { code: "ESCALATION_KEY_MISSING", message: /OPENAI_API_KEY/ } },
  });
  expect(fake.received).toEqual([]);
});

test.skipIf(!hasSecretService)("a key that is kept in the keychain is used, and can be removed", async () => {
  const service = await startSecretService();
  onTestFinished(() => service.stop());
  const { user } = await one(sensible);
  const bare = { ...service.env, OPENAI_API_KEY: "" };
  const asked = () => user.run(["ask", QUESTION, "--path", ".", "--threshold", "0.91", "--json", "--cloud"], { env: bare });
  expect((await user.run(["model", "key", "openai"], { input: "two words\n", env: bare })).code).toBe(2);
  expect(await user.run(["model", "key", "openai"], { input: `${KEY}\n`, env: bare })).toMatchObject({ code: 0 });
  expect((await asked()).code).toBe(0);
  await user.run(["model", "key", "openai", "--remove"], { env: bare });
  expect((await asked()).code).toBe(2);
});

test("a provider that cannot be reached leaves the question here, and that is said", async () => {
  const user = userOf({ url: "http://127.0.0.1:39183" } as FakeProvider, "openai");
  const { code, answer } = await ask(user, "--cloud");
  expect(code).toBe(4);
  expect(answer).toMatchObject({ route: "local", answer: null });
  expect(answer.warnings.join()).toMatch(/cannot be reached/);
});

test("with a clock that is far off, prices are still known and nothing else changes", async () => {
  const { user } = await one(sensible);
  const clock = "globalThis.Date=class extends Date{constructor(...a){a.length?super(...a):super(86400000)}static now(){return 86400000}}";
  const set = { ...env, NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(clock)}` };
  const { code, stdout } = await user.run(["ask", QUESTION, "--path", ".", "--threshold", "0.91", "--cloud", "--json"], { env: set });
  expect({ code, answer: JSON.parse(stdout) }).toMatchObject({ code: 0, answer: { route: "cloud", cost: { nanoDollars: 2_640_000 } } });
});

/** The command at a terminal of its own, with `typed` as the user's answers. */
async function atTerminal(user: User, typed: string, ...args: string[]): Promise<string> {
  const command = [
    process.execPath,
    join(import.meta.dirname, "../../bin/synesis.js"),
    "ask",
    QUESTION,
    "--path",
    ".",
    "--threshold",
    "0.91",
    ...args,
  ];
  const quoted = command.map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-qec", quoted, "/dev/null"], {
    cwd: user.files,
    env: { ...process.env, ...env, SYNESIS_HOME: user.home, DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent" },
  });
  let shown = "";
  child.stdout.on("data", (data: Buffer) => {
    const asked = shown.includes("[y/N]");
    shown += data;
    if (!asked && shown.includes("[y/N]")) child.stdin.write(typed);
  });
  await new Promise((resolve) => child.on("close", resolve));
  return shown;
}

// `script` gives a terminal; its flags differ elsewhere.
test.skipIf(process.platform !== "linux")(
  "at a terminal it asks before the first time that anything leaves, and remembers what was said",
  async () => {
    const { fake, user } = await one(sensible);
    expect(await atTerminal(user, "n\n", "--cloud")).toMatch(/would go to 127\.0\.0\.1:\d+\. Send it, and remember/);
    expect(fake.received).toEqual([]);
    expect(await atTerminal(user, "y\n", "--cloud")).toMatch(/Ada Quill[\s\S]*Written by gpt-4\.1, elsewhere/);
    expect(await atTerminal(user, "", "--cloud")).not.toContain("[y/N]");
    expect(fake.received.length).toBe(2);
    await user.run(["config", "set", "routing", "ask"]);
    expect(await atTerminal(user, "n\n")).toMatch(/Send it\? \[y\/N\][\s\S]*you did not agree/);
    expect(fake.received.length).toBe(2);
  },
);

test("the cap of a day counts what was spent before", async () => {
  const fake = await startProvider(sensible);
  const user = userOf(fake, "openai", { maxTokens: 64, caps: { dayCents: 0.9 } });
  const codes = [];
  for (let i = 0; i < 4; i += 1) codes.push((await ask(user, "--cloud", "--model", "gpt-4.1")).code);
  expect(codes).toEqual([0, 0, 0, 5]);
  expect(fake.received.length).toBe(3);
});

test("documents that never go to the cloud, and what was said of them, are no part of what is sent", async () => {
  const fake = await startProvider(() => ({ pieces: ["I do not know."] }));
  const user = userOf(fake, "openai", {}, { privacy: { neverCloud: ["notes"] } });
  await user.run(["ask", "Who is the keeper of the northern station?", "--path", ".", "--session", "s", "--threshold", "0"]);
  await ask(user, "--cloud", "--session", "s", "--threshold", "1");
  expect(fake.received).toHaveLength(1);
  expect(fake.received[0]?.body).not.toMatch(/keeper of the northern station is|telephone is/);
});

test("a batch asks elsewhere too, and nobody at the terminal", async () => {
  const { fake, user } = await one(sensible);
  user.write("in.jsonl", [1, 2, 3].map((id) => JSON.stringify({ id: String(id), question: QUESTION })).join("\n"));
  const { code, stdout } = await user.run(["batch", "ask", "in.jsonl", "--path", "notes", "--threshold", "0.91", "--cloud"], { env });
  expect(code).toBe(0);
  expect(jsonLines(stdout).map(({ route }) => route)).toEqual(["cloud", "cloud", "cloud"]);
  expect(fake.received.length).toBe(3);
});

test.each(["--model", "the settings"])("a secret in the place of a model's name, in %s, does not leave", async (where) => {
  const fake = await startProvider(sensible);
  const secret = "ghp_Q7wE9rT2yU5iO8pA1sD4fG6hJ3kL0zX2cV5b";
  const user = userOf(fake, "openai", where === "--model" ? {} : { model: secret });
  const { code, stderr, answer } = await ask(user, "--cloud", ...(where === "--model" ? ["--model", secret] : []));
  expect({ code, received: fake.received }).toEqual({ code: 2, received: [] });
  expect(answer.error).toMatchObject({ code: "USAGE", message: expect.stringContaining("model's name holds what looks like a secret") });
  expect(JSON.stringify(answer) + stderr).not.toContain(secret);
});
