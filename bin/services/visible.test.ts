import { expect, test } from "vitest";
import { visible } from "./visible.ts";

const check = (text: string, expected: string) => test(JSON.stringify(text), () => expect(visible(text)).toBe(expected));

check("plain text, tab\t and\nlines", "plain text, tab\t and\nlines");
check("windows\r\nlines", "windows\nlines");
check("\u001b[2J\u001b]0;title\u0007", "\\u001b[2J\\u001b]0;title\\u0007");
check("c1 \u009b31m", "c1 \\u009b31m");
check("over\rwritten", "over\\u000dwritten");
check("bidi \u202eevil\u2066", "bidi \\u202eevil\\u2066");
check("émoji 😀 日本", "émoji 😀 日本");
