import type { Pattern } from "./pattern.ts";

export const contact: readonly Pattern[] = [
  {
    type: "EMAIL",
    name: "e-mail address",
    pattern: String.raw`(?<![\w.+-])[A-Za-z0-9][\w.+'-]{0,63}@(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){1,5}[A-Za-z]{2,24}(?![A-Za-z])`,
    priority: 60,
    matches: ["ann.lee+x@example.co.uk", "to <a@b.io>,"],
    misses: ["a@b", "@handle", "git@", "user@localhost"],
  },
  {
    type: "PHONE",
    name: "telephone number",
    pattern: String.raw`(?<![\w.-])(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\) ?)?\d{2,4}[ .-]\d{3,4}(?:[ .-]?\d{3,4})?(?![\w-]|\.\d)`,
    priority: 20,
    matches: ["call 780-999-2181", "+44 20 7946 0958", "(212) 555-0142"],
    misses: ["2024-01-05", "10.0.0.1", "order 12345"],
  },
  {
    type: "IP_ADDRESS",
    name: "IPv4 address",
    pattern: String.raw`(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![\w]|\.\d)`,
    priority: 50,
    matches: ["host 86.121.97.248 down"],
    misses: ["1.2.3", "1.2.3.4.5", "256.1.1.1"],
  },
  {
    type: "IP_ADDRESS",
    name: "IPv6 address",
    pattern: String.raw`(?<![\w:])(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6})(?![\w:])`,
    priority: 50,
    matches: ["2001:db8::ff00:42:8329", "fe80:0:0:0:204:61ff:fe9d:f156"],
    misses: ["12:30:45", "a::", "std::vector"],
  },
];
