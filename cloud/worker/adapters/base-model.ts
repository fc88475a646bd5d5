/** Which of the cloud's models an adapter was made for. Files name models as their hub does, with owner and in any case. */

/** The part of a name that says which model it is: no owner, no signs between, no letter case. */
function bare(name: string): string {
  return (name.split("/").at(-1) ?? "").toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** @param names what the model is called: its id, and its name with each provider */
export function isModel(baseModel: string, names: readonly string[]): boolean {
  const wanted = bare(baseModel);
  return wanted !== "" && names.some((name) => bare(name) === wanted || `${bare(name)}instruct` === wanted);
}
