// Old syntax only: this file must be understood by the versions that it turns away.
const OLDEST = 20;

/** Say in one sentence when this Node is too old, and whether to go on. */
export function isNodeNewEnough() {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST) return true;
  console.error(
    `mixtention needs Node ${OLDEST} or newer and this is Node ${process.versions.node}; nothing was done.`,
  );
  process.exitCode = 2;
  return false;
}
