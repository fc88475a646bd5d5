/** The few pages of signing in. They have no scripts; everything inserted is a code of ours. */
import { html } from "hono/html";

export const page = (title: string, body: unknown) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>${title}</title>
  </head>
  <body>
    <h1>${title}</h1>
    ${body}
  </body>
</html>`;

export const enterPage = (userCode: string) =>
  page(
    "Sign a device in",
    html`<form method="post" action="/device">
      <p><label>Code that the device shows <input name="user_code" value="${userCode}" required pattern="[A-Za-z]{4}-[A-Za-z]{4}" /></label></p>
      <p><label>Your mail address <input name="email" type="email" required /></label></p>
      <p><button>Send me a link</button></p>
    </form>`,
  );

export const sentPage = () =>
  page("Look into your mail", html`<p>If the code was right, a link is on its way. It is good for a quarter of an hour.</p>`);

export const confirmPage = (userCode: string, code: string) =>
  page(
    "Is this your device?",
    html`<p>It shows the code <strong>${userCode}</strong>.</p>
      <form method="post" action="/device/confirm">
        <input type="hidden" name="code" value="${code}" />
        <button name="decision" value="approve">Yes, sign it in</button>
        <button name="decision" value="deny">No</button>
      </form>`,
  );

export const donePage = (approved: boolean) =>
  page(approved ? "The device is signed in" : "The device was refused", html`<p>You may close this page.</p>`);
