// Output of commands: the limit, and secrets that must not be in it.
import { expect, it } from 'vitest';
import {
  createOutputBuffer,
  MAX_OUTPUT,
  toOutput,
} from '../../../../src/main/engine/deploy/transports/output.ts';

const redact = (text: string, values: readonly string[]) => toOutput(Buffer.from(text), values, false);

it('keeps output up to the limit, and says if there was more', () => {
  const buffer = createOutputBuffer(5);
  buffer.add(Buffer.from('abc'));
  expect([buffer.bytes().toString(), buffer.truncated]).toEqual(['abc', false]);
  buffer.add(Buffer.from('def'));
  buffer.add(Buffer.from('g'));
  expect([buffer.bytes().toString(), buffer.truncated]).toEqual(['abcde', true]);
});

it('removes every value, the longest first, and ignores empty ones', () => {
  expect(redact('a hunter2 b hunter2x', ['hunter2', '', 'hunter2x'])).toEqual({
    output: 'a [redacted] b [redacted]',
    truncated: false,
  });
});

it('removes a value that the cut has divided', () => {
  const secret = 'correct-horse';
  const text = `${'x'.repeat(MAX_OUTPUT - 7)}${secret}`;
  const { output, truncated } = redact(text, [secret]);
  expect(truncated).toBe(true);
  expect(output.endsWith('x[redacted]')).toBe(true);
});

it('shows bytes that are not UTF-8', () => {
  expect(toOutput(Buffer.from([0x61, 0xff]), [], false).output).toBe('a\ufffd');
});
