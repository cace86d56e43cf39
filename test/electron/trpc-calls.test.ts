// tRPC over IPC without Electron: a window's calls end with it; values are preserved.
import { EventEmitter } from 'node:events';
import { initTRPC, tracked } from '@trpc/server';
import type { WebContents } from 'electron';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Context } from '../../src/main/api/context.ts';
import type { AppRouter } from '../../src/main/api/router.ts';
import { createTrpcCalls, type TrpcCalls } from '../../src/main/electron/trpc-calls.ts';
import { CertdeskError } from '../../src/main/engine/core/errors.ts';
import type { IpcEvent } from '../../src/shared/ipc.ts';

const t = initTRPC.meta<{ rest: { summary: string } }>().create({ isDev: false });
let proved: boolean;
/** A user's answers, and the questions. */
let answer: boolean;
let asked: string[];
let begun: string[];
let ended: string[];
let unexpected: string[];

const router = t.router({
  when: t.procedure
    .input(z.object({ at: z.date() }))
    .query(({ input }) => ({ at: input.at, bytes: new Uint8Array([1, 2]) })),
  wait: t.procedure.query(
    ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          ended.push('wait');
          reject(new Error('aborted'));
        });
        begun.push('wait');
      }),
  ),
  guarded: t.procedure.meta({ rest: { summary: 'Open the vault' } }).mutation(() => {
    begun.push('guarded');
    if (!proved) throw new CertdeskError('PROOF_REQUIRED');
    return 'done';
  }),
  fail: t.procedure.mutation(() => {
    throw new Error('a secret of the inside');
  }),
  count: t.procedure.subscription(async function* ({ signal }) {
    try {
      yield tracked('7', 'first');
      begun.push('count');
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    } finally {
      ended.push('count');
    }
  }),
  few: t.procedure.subscription(async function* () {
    yield 1;
  }),
});

class Sender extends EventEmitter {}
const makeSender = () => new Sender() as unknown as WebContents & EventEmitter;
/** Every aborted call has ended by then. */
const soon = () => new Promise(setImmediate);

let calls: TrpcCalls;
let sender: WebContents & EventEmitter;
beforeEach(() => {
  begun = [];
  proved = false;
  answer = true;
  asked = [];
  ended = [];
  unexpected = [];
  sender = makeSender();
  calls = createTrpcCalls({
    router: router as unknown as AppRouter,
    context: () => ({}) as Context,
    async askProof(action) {
      asked.push(action);
      proved = answer;
      return answer;
    },
    onUnexpected: (cause, path) => unexpected.push(`${path}: ${cause.message}`),
  });
});

describe('a call that needs a fresh proof', () => {
  const call = () => calls.call(sender, { id: 1, type: 'mutation', path: 'guarded', input: undefined });

  it('asks the user in the words of the operation, and is repeated once', async () => {
    expect(await call()).toEqual({ ok: true, data: 'done' });
    expect(asked).toEqual(['Open the vault']);
    expect(begun).toEqual(['guarded', 'guarded']);
    await call();
    expect(asked).toHaveLength(1);
  });

  it('is refused if the user does not confirm', async () => {
    answer = false;
    expect(await call()).toMatchObject({ ok: false });
    expect(begun).toEqual(['guarded']);
  });
});

function follow(path: string, id = 1): IpcEvent[] {
  const heard: IpcEvent[] = [];
  void calls.subscribe(sender, { id, type: 'subscription', path, input: undefined }, (event) =>
    heard.push(event),
  );
  return heard;
}

it('preserves dates and bytes', async () => {
  const at = new Date();
  expect(await calls.call(sender, { id: 1, type: 'query', path: 'when', input: { at } })).toEqual({
    ok: true,
    data: { at, bytes: new Uint8Array([1, 2]) },
  });
});

it('logs internal errors, and sends no stack to the page', async () => {
  const answer = await calls.call(sender, { id: 1, type: 'mutation', path: 'fail', input: undefined });
  expect(unexpected).toEqual(['fail: a secret of the inside']);
  expect(JSON.stringify(answer)).not.toContain('stack');
});

it.each([
  [undefined],
  [null],
  ['call'],
  [{}],
  [{ id: 1, type: 'query', path: '' }],
  [{ id: -1, type: 'query', path: 'when' }],
  [{ id: 1, type: 'other', path: 'when' }],
  [{ id: 1, type: 'query', path: 'when', input: {}, more: 1 }],
  [{ id: 1, type: 'query', path: '__proto__' }],
])('answers %j with an error, and never throws', async (given) => {
  expect(await calls.call(sender, given)).toMatchObject({ ok: false });
  expect(unexpected).toEqual([]);
});

it('delivers the values of a subscription with their ids, and says when it ends', async () => {
  const heard = follow('few');
  await expect
    .poll(() => heard)
    .toEqual([
      { id: 1, kind: 'started' },
      { id: 1, kind: 'data', data: 1 },
      { id: 1, kind: 'stopped' },
    ]);
  const second = follow('count', 2);
  await expect
    .poll(() => second)
    .toEqual([
      { id: 2, kind: 'started' },
      { id: 2, kind: 'data', data: { id: '7', data: 'first' } },
    ]);
});

describe('ends running calls', () => {
  beforeEach(async () => {
    void calls.call(sender, { id: 1, type: 'query', path: 'wait', input: undefined });
    follow('count', 2);
    await expect.poll(() => begun.toSorted()).toEqual(['count', 'wait']);
    expect(ended).toEqual([]);
  });
  const all = () => expect.poll(() => ended.toSorted()).toEqual(['count', 'wait']);

  it('when the page navigates away', async () => {
    sender.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    await all();
  });
  it('when the page crashes', async () => {
    sender.emit('render-process-gone', {}, { reason: 'crashed' });
    await all();
  });
  it('when the window is destroyed', async () => {
    sender.emit('destroyed');
    await all();
  });
  it('when Certdesk stops', async () => {
    calls.stop();
    await all();
  });
  it('when it is aborted, and only that', async () => {
    calls.abort(sender, 2);
    calls.abort(sender, 'nonsense');
    calls.abort(makeSender(), 1);
    await expect.poll(() => ended).toEqual(['count']);
    await soon();
    expect(ended).toEqual(['count']);
  });
  it('but not when the page navigates within itself, or a frame elsewhere', async () => {
    sender.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
    sender.emit('did-start-navigation', { isMainFrame: false, isSameDocument: false });
    await soon();
    expect(ended).toEqual([]);
  });
});
