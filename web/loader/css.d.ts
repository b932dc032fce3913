/* The build turns a style sheet that is imported here into its minified text. */
declare module "*.css" {
  const text: string;
  export default text;
}
