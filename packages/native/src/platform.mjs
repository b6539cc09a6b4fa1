/**
 * Why the TensorFlow wheel cannot serve this machine, in a clause; undefined when it can.
 *
 * @returns {string | undefined}
 */
export function wheelMismatch() {
  const here = `${process.platform} ${process.arch}`;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return `the TensorFlow wheel is for x86-64 Linux and this is ${here}`;
  const glibc = glibcVersion();
  if (glibc === undefined) return 'the TensorFlow wheel needs glibc and this Linux has another C library';
  const [major, minor] = glibc.split('.').map(Number);
  if (major < 2 || (major === 2 && minor < 27)) return `the TensorFlow wheel needs glibc 2.27 and this is ${glibc}`;
  return undefined;
}

function glibcVersion() {
  const { report } = process;
  if (report === undefined) return undefined;
  report.excludeNetwork = true; // else it looks up names of open connections
  return report.getReport().header.glibcVersionRuntime;
}
