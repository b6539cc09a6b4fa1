/**
 * What the native backend is built from: the two shared libraries and the C headers inside one wheel.
 *
 * A wheel is only a container, so the file for CPython 3.11 serves whatever Python (or none) runs later.
 * Wheel and libraries are pinned by size and SHA-256; every other file cannot be used by accident.
 */
export const tensorflowWheel = {
  tensorflow: '2.21.0',
  requirement: 'tensorflow-cpu==2.21.0',
  tags: ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311', '--platform', 'manylinux_2_27_x86_64'],
  bytes: 273_829_956,
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  libraries: [
    {
      name: 'libtensorflow_cc.so.2',
      member: 'tensorflow/libtensorflow_cc.so.2',
      bytes: 788_086_608,
      sha256: '6505a4b9657e62100c6bdacb683957a395cb047725042945aaa50e40a71e429e',
    },
    {
      name: 'libtensorflow_framework.so.2',
      member: 'tensorflow/libtensorflow_framework.so.2',
      bytes: 65_222_328,
      sha256: 'f060b323b26ef80add21b9df9428de3aeaf2843d772c5bb098745f7abff3709b',
    },
  ],
  includeRoot: 'tensorflow/include/',
  headers: [
    'tensorflow/c/c_api.h',
    'tensorflow/c/c_api_macros.h',
    'tensorflow/c/tf_attrtype.h',
    'tensorflow/c/tf_buffer.h',
    'tensorflow/c/tf_datatype.h',
    'tensorflow/c/tf_status.h',
    'tensorflow/c/tf_tensor.h',
    'tensorflow/c/tf_tstring.h',
    'tensorflow/c/eager/c_api.h',
    'tensorflow/core/platform/ctstring.h',
    'tensorflow/core/platform/ctstring_internal.h',
    'tsl/platform/ctstring.h',
    'tsl/platform/ctstring_internal.h',
    'xla/tsl/c/tsl_status.h',
  ],
};

/** Room needed while building: the wheel, the unpacked libraries, and some slack. */
export const bytesNeeded = 1_200_000_000;
