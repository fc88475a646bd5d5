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

/** The cosine that belongs to a squared distance between two quantised vectors of `dimensions`. */
export function cosineOf(squaredDistance: number, dimensions: number): number {
  const scale = (127 * Math.sqrt(dimensions)) / 4;
  return 1 - squaredDistance / (2 * scale * scale);
}
