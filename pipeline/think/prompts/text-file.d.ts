declare module "*.md" {
  /** The whole file. */
  const text: string;
  export default text;
}
