/**
 * One vector of unit length a text, from a model's output.
 *
 * @param dims of the output: [texts, tokens, dimensions], or [texts, dimensions] where the model has pooled by itself.
 * @param lengths tokens of each text; the rest of its row is padding.
 */
export function pool(data: Float32Array, dims: readonly number[], lengths: readonly number[], pooling: "mean" | "cls"): Float32Array[] {
  const size = dims.at(-1) as number;
  const width = dims.length === 3 ? (dims[1] as number) : 1;
  return lengths.map((length, text) => {
    const tokens = dims.length === 3 && pooling === "mean" ? length : 1;
    const sum = new Float32Array(size);
    for (let token = 0; token < tokens; token++) {
      const from = (text * width + token) * size;
      for (let i = 0; i < size; i++) sum[i] = (sum[i] as number) + (data[from + i] as number);
    }
    return unit(sum);
  });
}

/** The mean differs from the sum by its length alone. All zeros stay so. */
function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length > 0 && Number.isFinite(length) ? vector.map((x) => x / length) : new Float32Array(vector.length);
}
