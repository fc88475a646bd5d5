import { definePlugin } from "superinstance";

/** Has a service write that has OpenAI's interface. Its host stands in package.json under "hosts". */
export default definePlugin({
  name: "synesis-plugin-NAME",
  setup({ provide, settings }) {
    provide("generator", {
      async generate({ messages, schema, maxTokens }) {
        const form = schema && { response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema } } };
        const response = await fetch("https://api.example.com/v1/chat/completions", {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ model: settings.model, messages, max_tokens: maxTokens, ...form }),
        });
        if (!response.ok) throw new Error(`the service says ${response.status}`);
        const { choices, usage } = await response.json();
        return { text: choices[0].message.content, tokens: { in: usage.prompt_tokens, out: usage.completion_tokens } };
      },
    });
  },
});
