/**
 * What tfjs-node is built from: the two shared libraries and the C headers inside one wheel.
 *
 * A wheel is only a container, so the file for CPython 3.11 serves whatever Python (or none) runs later.
 * Wheel, libraries and headers are pinned by size and SHA-256; no other file is used.
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
    {
      name: 'tensorflow/c/c_api.h',
      bytes: 84_261,
      sha256: '4ccd0a99a0832bffac33eeb2a26a900710d50c212549ef8e66be3f906d5bdac5',
    },
    {
      name: 'tensorflow/c/c_api_macros.h',
      bytes: 1_673,
      sha256: '22212de30dca6bc80cf903b5b02f8e240b89ccae4d273d86b3cd232038de6a2d',
    },
    {
      name: 'tensorflow/c/tf_attrtype.h',
      bytes: 1_186,
      sha256: '01bf629a52b523c070864ce11d31d33aa33fc2eb559552feb986fc90f512ef0e',
    },
    {
      name: 'tensorflow/c/tf_buffer.h',
      bytes: 2_043,
      sha256: '007f280677fc16fe49a153b1e41c6cd9e347ea45a59a2f88b85946bbd9bd7d56',
    },
    {
      name: 'tensorflow/c/tf_datatype.h',
      bytes: 2_914,
      sha256: 'f8ed4d7870776569ceb09fd090cce8f060e4348ee841c1400f5c3f29af7544e7',
    },
    {
      name: 'tensorflow/c/tf_status.h',
      bytes: 3_987,
      sha256: '2f581cefe989344f91598ddd15e3f1433e07748904ae66d3414f210ffc4f879c',
    },
    {
      name: 'tensorflow/c/tf_tensor.h',
      bytes: 6_422,
      sha256: 'a2b0e05a9f72bd87b03525c22bd334ac7f58626361f8c79857998e361620cfb5',
    },
    {
      name: 'tensorflow/c/tf_tstring.h',
      bytes: 1_703,
      sha256: 'da17f6c6ae6e717ecaa2996bbfa913899eb66d2deab731cea5f6ad14f896d706',
    },
    {
      name: 'tensorflow/c/eager/c_api.h',
      bytes: 23_340,
      sha256: '3c5f0b114a9e6b0e6274cbaea3d272465eae52083a5dd9fbf0cc0d27fd36cb13',
    },
    {
      name: 'tensorflow/core/platform/ctstring.h',
      bytes: 845,
      sha256: '02d05f99d6e4425f0389bce4e087e33db05270beb6f15cad2848ec42663e7cf9',
    },
    {
      name: 'tensorflow/core/platform/ctstring_internal.h',
      bytes: 881,
      sha256: 'ae991518679aea5d789138199d42a08fe43b4375ce3eea31d72ddb37a0ab0c3d',
    },
    {
      name: 'tsl/platform/ctstring.h',
      bytes: 6_521,
      sha256: '76ab53902b04090aaaeff4541437286c87dd9dd94ba18ee8d098ffafbf3d121a',
    },
    {
      name: 'tsl/platform/ctstring_internal.h',
      bytes: 15_499,
      sha256: 'fbc2e2c64c36f13d6b8f8bc90b4d36db6c735839c5bd6d0fd43139df42ecf0b4',
    },
    {
      name: 'xla/tsl/c/tsl_status.h',
      bytes: 3_390,
      sha256: '73b058cff55c6347f31138a50f298051e6edc7b7b3eee33021642008b891920c',
    },
  ],
};

/** Room needed while building: the wheel, the unpacked libraries, and some slack. */
export const bytesNeeded = 1_200_000_000;

/** Node's C headers, for a Node that came without: N-API is stable, so one version serves them all. */
export const nodeHeaders = {
  requirement: 'node-api-headers@1.9.0',
  headers: [
    {
      name: 'js_native_api.h',
      bytes: 31_081,
      sha256: '0953395662ea63697cd7a77a9320d94aa2829f9c9569abf3a74272b7a2923ce8',
    },
    {
      name: 'js_native_api_types.h',
      bytes: 6_896,
      sha256: 'e785c16a9ce200e801242275cfd59090b029b5dae309a1a258f48d1570bf35ab',
    },
    {
      name: 'node_api.h',
      bytes: 10_370,
      sha256: '2d4560831e525b47b060ec8a0864ab73993df9e20215ce9f0fe7b24cd31af32a',
    },
    {
      name: 'node_api_types.h',
      bytes: 1_930,
      sha256: 'a25356630d3058f0a0c8937d9f297e9471e037fda58c2696d8a505c2bd99cb00',
    },
  ],
};
