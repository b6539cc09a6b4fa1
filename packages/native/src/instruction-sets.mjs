import { readFile } from 'node:fs/promises';

const KNOWN = {
  sse4_2: 'SSE4.2',
  avx: 'AVX',
  avx2: 'AVX2',
  fma: 'FMA',
  f16c: 'F16C',
  avx_vnni: 'AVX-VNNI',
  avx512f: 'AVX-512F',
  avx512_vnni: 'AVX-512-VNNI',
  avx512_bf16: 'AVX-512-BF16',
  avx512_fp16: 'AVX-512-FP16',
  amx_tile: 'AMX',
  amx_bf16: 'AMX-BF16',
  amx_int8: 'AMX-INT8',
  asimd: 'NEON',
  sve: 'SVE',
  sve2: 'SVE2',
  i8mm: 'I8MM',
  bf16: 'BF16',
};

/**
 * The vector instruction sets of this processor that matrix libraries choose by, as Linux lists them; empty elsewhere.
 *
 * @returns {Promise<string[]>}
 */
export async function instructionSets() {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(text)?.[1].trim().split(/\s+/));
  return Object.entries(KNOWN).flatMap(([flag, name]) => (flags.has(flag) ? [name] : []));
}
