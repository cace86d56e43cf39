// Input for readers that must survive anything: arbitrary bytes and texts, and good samples with a part changed, cut
// out, doubled or inserted.
import fc from 'fast-check';

/** Sometimes returns the sample unchanged. */
export function damagedBytes(...samples: readonly Buffer[]): fc.Arbitrary<Buffer> {
  const noise = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  if (samples.length === 0) return noise;
  const sample = fc.constantFrom(...samples);
  const flipped = fc
    .tuple(sample, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }))
    .map(([original, flips]) => {
      const copy = Buffer.from(original);
      for (const [at, value] of flips) copy[at % Math.max(1, copy.length)] = value;
      return copy;
    });
  const spliced = fc
    .tuple(sample, fc.nat(), fc.nat(30), fc.uint8Array({ maxLength: 6 }))
    .map(([original, place, cut, put]) => {
      const at = place % (original.length + 1);
      return Buffer.concat([original.subarray(0, at), put, original.subarray(at + cut)]);
    });
  const doubled = fc.tuple(sample, sample).map(([a, b]) => Buffer.concat([a, b]));
  return fc.oneof(
    { weight: 1, arbitrary: sample },
    { weight: 2, arbitrary: noise },
    { weight: 5, arbitrary: flipped },
    { weight: 4, arbitrary: spliced },
    { weight: 1, arbitrary: doubled },
  );
}

export function damagedText(...samples: readonly string[]): fc.Arbitrary<string> {
  const bytes = damagedBytes(...samples.map((sample) => Buffer.from(sample)));
  return fc.oneof(
    { weight: 4, arbitrary: bytes.map((each) => each.toString('utf8')) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  );
}
