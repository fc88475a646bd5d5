import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { finished, User } from "./synesis.ts";

const INSTALL = ["runtime", "install", "llama", "--json"];

/** A user whose npm is this shell script. */
function withNpm(script: string): { user: User; env: { PATH: string } } {
  const user = new User();
  chmodSync(user.write("bin/npm", `#!/bin/sh\n${script}\n`), 0o755);
  return { user, env: { PATH: `${user.path("bin")}:/usr/bin:/bin` } };
}

const fails = (name: string, script: string, message: RegExp) =>
  test(`${name} is told, and nothing of it is kept`, async () => {
    const { user, env } = withNpm(script);
    const { code, stdout } = await user.run(INSTALL, { env });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "RUNTIME_INSTALL_FAILED", message: expect.stringMatching(message) } });
    expect(code).toBe(1);
    for (const left of ["runtime", "runtime.new", "runtime.lock"]) expect(existsSync(join(user.home, left))).toBe(false);
  });

fails("an npm that fails", "echo 'npm error code E404' >&2; exit 1", /E404/);
fails("an npm that installs nothing", "exit 0", /not there/);

test("a machine without npm is told", async () => {
  const user = new User();
  const { stdout } = await user.run(INSTALL, { env: { PATH: user.path("nowhere") } });
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: "RUNTIME_INSTALL_FAILED", message: expect.stringMatching(/npm could not be started/) },
  });
});

test("what npm installs is in its place afterwards, in the place of what was there", async () => {
  const { user, env } = withNpm("mkdir -p node_modules/node-llama-cpp && echo '{}' > node_modules/node-llama-cpp/package.json");
  user.write("../home/runtime/old.txt", "old");
  expect((await user.run(INSTALL, { env })).code).toBe(0);
  expect(existsSync(join(user.home, "runtime/node_modules/node-llama-cpp/package.json"))).toBe(true);
  expect(existsSync(join(user.home, "runtime/old.txt"))).toBe(false);
});

test("an installation is interrupted by Ctrl-C, and nothing of it is kept", async () => {
  const { user, env } = withNpm("touch started; exec sleep 60");
  const child = user.start(INSTALL, env);
  const started = join(user.home, "runtime.new/started");
  while (!existsSync(started)) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGINT");
  const { code } = await finished(child);
  expect(code).toBe(130);
  expect(existsSync(join(user.home, "runtime.new"))).toBe(false);
});

test("only what there is can be installed", async () => {
  expect(await new User().json(["runtime", "install", "other"])).toMatchObject({ code: 2, value: { error: { code: "USAGE" } } });
});
