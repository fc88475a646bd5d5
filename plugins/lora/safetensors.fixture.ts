/** A whole safetensors file of zeros, with tensors of these shapes (F32). @param fill writes the data */
export function safetensorsBytes(shapes: Readonly<Record<string, readonly number[]>>, fill?: (data: Buffer) => void): Buffer {
  let end = 0;
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const start = end;
    end += shape.reduce((product, size) => product * size, 4);
    return [name, { dtype: "F32", shape, data_offsets: [start, end] }];
  });
  const description = Buffer.from(JSON.stringify({ __metadata__: { format: "pt" }, ...Object.fromEntries(entries) }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(description.length));
  const data = Buffer.alloc(end);
  fill?.(data);
  return Buffer.concat([length, description, data]);
}
