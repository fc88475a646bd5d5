/**
 * Unit vectors as signed bytes. A component of a unit vector of n dimensions is about 1/√n, so the scale puts four times
 * that at the end of the byte's range; what lies beyond is clipped.
 */
export function quantise(vector: Float32Array): Int8Array {
  const scale = (127 * Math.sqrt(vector.length)) / 4;
  const bytes = new Int8Array(vector.length);
  for (let i = 0; i < vector.length; i++) bytes[i] = Math.max(-127, Math.min(127, Math.round((vector[i] as number) * scale)));
  return bytes;
}

/** A quantised vector as floats of unit length. */
export function dequantise(bytes: Uint8Array): Float32Array {
  const vector = Float32Array.from(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length));
  let squares = 0;
  for (const x of vector) squares += x * x;
  const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) * scale;
  return vector;
}
