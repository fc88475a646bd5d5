import { html } from "hono/html";
import { page } from "./device-pages.ts";

/** Where an invite's link leads: it says what to do with it, and nothing of the project. */
export const joinPage = (url: string) =>
  page(
    "You are invited to a project",
    html`<p>Install SuperInstance, sign in with <code>synesis cloud login</code>, then run</p>
      <pre>synesis invite accept ${url}</pre>
      <p>The link is a secret: whoever has it can use it.</p>`,
  );
