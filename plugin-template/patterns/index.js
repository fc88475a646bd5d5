import { definePatterns } from "superinstance";

/** Numbers of support cases, such as CASE-2048. */
export default definePatterns([
  {
    type: "CASE_NUMBER",
    name: "number of a support case",
    anchor: ["CASE-"],
    pattern: "CASE-[0-9]{4,8}(?![0-9])",
    matches: ["CASE-2048", "see CASE-20480001, please"],
    misses: ["CASE-12", "case-2048", "CASE-ABCD"],
  },
]);
