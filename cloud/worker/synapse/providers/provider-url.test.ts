import { describe, expect, test } from "vitest";
import { isProviderUrl } from "./provider-url.ts";

describe("an address of a provider", () => {
  test.each(["https://api.anthropic.com/v1", "https://models.example.com:8443/v1", "https://8.8.8.8/v1", "http://127.0.0.1:4010/v1"])(
    "may be %s",
    (url) => expect(isProviderUrl(url)).toBe(true),
  );

  test.each([
    ...["http://api.openai.com/v1", "ftp://api.openai.com", "nonsense", "", "file:///etc/passwd", "https://user:secret@api.openai.com/v1"],
    ...["https://localhost/v1", "https://LOCALHOST./v1", "https://models.internal/v1", "https://printer.local/v1", "https://intranet/v1"],
    ...["https://127.0.0.1/v1", "https://127.1/v1", "https://2130706433/v1", "https://0x7f000001/v1", "https://0177.0.0.1/v1"],
    ...["https://0.0.0.0/v1", "https://10.1.2.3/v1", "https://172.16.0.1/v1", "https://172.31.255.1/v1", "https://192.168.1.1/v1"],
    ...["https://169.254.169.254/latest/meta-data", "https://100.64.0.1/v1", "https://198.18.0.1/v1", "https://224.0.0.1/v1"],
    ...["https://[::1]/v1", "https://[fd00::1]/v1", "https://[::ffff:127.0.0.1]/v1", "https://[2001:db8::1]/v1"],
    ...["http://127.0.0.1.example.com:80/v1", "http://127.0.0.1/v1", "http://127.0.0.2:80/v1", "http://u:p@127.0.0.1:9/v1"],
  ])("is never %j", (url) => expect(isProviderUrl(url)).toBe(false));
});
