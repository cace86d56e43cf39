// One form of log lines: time, level, message; project, job, step and CA.
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { logOptions } from '../src/main/log-lines.ts';

function lineOf(data: object, message: string): Record<string, unknown> {
  const lines: string[] = [];
  pino(logOptions(), { write: (line: string) => void lines.push(line) }).warn(data, message);
  expect(lines).toHaveLength(1);
  expect(lines[0]?.indexOf('\n')).toBe((lines[0]?.length ?? 0) - 1);
  return JSON.parse(lines[0] ?? '');
}

it('shows a step of a job', () => {
  const data = { step: 'finalize', title: 'Finalize', ca: 'acme.example', more: { names: 2 } };
  const { time, ...line } = lineOf({ kind: 'job.step', projectId: 'p', jobId: 'j', data }, 'a\nb');
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(line).toEqual({
    level: 'warn',
    project: 'p',
    job: 'j',
    step: 'finalize',
    ca: 'acme.example',
    kind: 'job.step',
    data: { more: { names: 2 } },
    message: 'a\nb',
  });
});

it('shows no project for a line without one, and the stack of an error', () => {
  const { time: _, ...line } = lineOf(
    { projectId: null, jobId: null, data: null, err: new Error('no') },
    'm',
  );
  expect(line).toEqual({
    level: 'warn',
    message: 'm',
    err: expect.objectContaining({ message: 'no', stack: expect.any(String) }),
  });
});
