/** A form with names such as `a[b][0]`, as Stripe takes it, as an object. Lists stay objects with numbers as keys. */
export interface FormObject {
  [key: string]: string | FormObject;
}

export function parseForm(text: string): FormObject {
  const form: FormObject = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const path = name.split(/\[|\]\[|\]$/).filter((part) => part !== "");
    const last = path.pop() ?? "";
    let at = form;
    for (const part of path) {
      const next = at[part] ?? {};
      if (typeof next === "string") throw new Error(`${name} is a text and an object`);
      at[part] = next;
      at = next;
    }
    if (last in at || last === "__proto__") throw new Error(`${name} is given twice`);
    at[last] = value;
  }
  return form;
}
