/**
 * Vectors of unit length in two bytes a dimension: first all high bytes, which alone are a vector of signed bytes that
 * can be compared quickly, then all low bytes, with which it is exact to four digits.
 */
export function quantise(vector: Float32Array): Int8Array {
  const n = vector.length;
  const bytes = new Int8Array(2 * n);
  for (let i = 0; i < n; i++) {
    const value = Math.max(-MAX, Math.min(MAX, Math.round((vector[i] as number) * MAX)));
    const high = (value + 128) >> 8;
    bytes[i] = high;
    bytes[n + i] = value - 256 * high;
  }
  return bytes;
}

/** So that rounding up the high byte stays within its range. */
const MAX = 127 * 256;

/** The high bytes alone: a view. */
export function highBytes(bytes: Uint8Array | Int8Array): Int8Array {
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

/** The vector, again of about unit length. */
export function dequantise(bytes: Uint8Array | Int8Array): Float32Array {
  const n = bytes.length / 2;
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const vector = new Float32Array(n);
  for (let i = 0; i < n; i++) vector[i] = (256 * (signed[i] as number) + (signed[n + i] as number)) / MAX;
  return vector;
}

/** The cosine with a stored vector, both of unit length. */
export function cosineStored(vector: Float32Array, stored: Uint8Array): number {
  const n = vector.length;
  const signed = new Int8Array(stored.buffer, stored.byteOffset, stored.length);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (vector[i] as number) * (256 * (signed[i] as number) + (signed[n + i] as number));
  return sum / MAX;
}

/** Of vectors of unit length; 0 where one is missing. */
export function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (!a || !b) return 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
