import schema from "./prompts/draft.schema.json" with { type: "json" };

/** What a model writes when it keeps the schema. */
export interface DraftAnswer {
  readonly answerable: boolean;
  readonly sentences: readonly { readonly cites: readonly number[]; readonly text: string }[];
}

/** The form of a draft in which nothing can be cited but the sentences with these numbers. */
export function draftSchema(numbers: readonly number[]): Readonly<Record<string, unknown>> {
  const { sentences } = schema.properties;
  const cites = { ...sentences.items.properties.cites, items: { enum: numbers } };
  const items = { ...sentences.items, properties: { ...sentences.items.properties, cites } };
  return { ...schema, properties: { ...schema.properties, sentences: { ...sentences, items } } };
}
