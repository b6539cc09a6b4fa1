/** A safetensors file of a header (text, or what becomes JSON) and the bytes behind it. */
export function safetensors(header: unknown, body: ArrayLike<number> = [], declared?: bigint): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(declared ?? BigInt(text.length));
  return Buffer.concat([length, text, Uint8Array.from(body)]);
}
