/** Models of this folder, as TypeScript sees them: plain functions over data of any form. */
declare module '*.mjs' {
  const model: import('../model/index.ts').Model<object>;
  export default model;
}
