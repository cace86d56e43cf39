import { expect, it } from 'vitest';
import { toText } from '../../../src/main/engine/diagnostics/metrics-text.ts';

it('escapes labels and help, and omits metrics without samples', () => {
  const text = toText([
    {
      name: 'a',
      help: 'back\\slash\nline',
      type: 'gauge',
      samples: [{ labels: { name: 'say "hi"\\\nb', other: '{x}' }, value: 1.5 }, { value: 2 }],
    },
    { name: 'b', help: 'none', type: 'counter', samples: [] },
  ]);
  expect(text).toBe(
    '# HELP a back\\\\slash\\nline\n# TYPE a gauge\na{name="say \\"hi\\"\\\\\\nb",other="{x}"} 1.5\na 2\n',
  );
});
