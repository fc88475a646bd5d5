import { definePlugin } from "superinstance";

/** Asks a service that has OpenAI's interface. Its host stands in package.json under "hosts". */
export default definePlugin({
  name: "synesis-plugin-NAME",
  setup(context) {
    context.tap("escalate", async ({ question, passages, model }) => {
      const sources = passages.map(({ text }) => text).join("\n\n");
      const messages = [{ role: "user", content: `${sources}\n\n${question}` }];
      const response = await fetch("https://api.example.com/v1/chat/completions", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model, messages }),
      });
      if (!response.ok) return undefined;
      const { choices, usage } = await response.json();
      return { text: choices[0].message.content, model, tokens: { in: usage.prompt_tokens, out: usage.completion_tokens } };
    });
  },
});
