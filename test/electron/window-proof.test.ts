// The confirmation of the desktop window, without Electron: when it is requested, what it covers, what is recorded.
import { beforeEach, describe, expect, it } from 'vitest';
import { WINDOW } from '../../src/main/electron/window-context.ts';
import { createWindowProof, type WindowProof } from '../../src/main/electron/window-proof.ts';

let asked: string[];
let answers: PromiseWithResolvers<boolean>[];
let recorded: { result: string; message: string }[];
let proof: WindowProof;

beforeEach(() => {
  asked = [];
  answers = [];
  recorded = [];
  const journal = { record: async (entry: (typeof recorded)[number]) => void recorded.push(entry) };
  proof = createWindowProof({
    engine: { clock: { now: () => new Date('2026-03-01T12:00:00Z') }, journal: journal as never },
    window: WINDOW,
    confirm(action) {
      asked.push(action);
      const answer = Promise.withResolvers<boolean>();
      answers.push(answer);
      return answer.promise;
    },
  });
});

describe('the proof of the desktop window', () => {
  it('is absent before the user has confirmed, because the application may have started at login', () => {
    expect(proof.at()).toBeNull();
  });

  it('is requested once for calls that wait at the same time', async () => {
    const both = [proof.ask('Create a token'), proof.ask('Restore backup')];
    answers[0]?.resolve(true);
    expect(await Promise.all(both)).toEqual([true, true]);
    expect(asked).toEqual(['Create a token']);
    expect(proof.at()).toBe('2026-03-01T12:00:00Z');
    expect(recorded).toMatchObject([
      { result: 'ok', message: 'Confirmed in the desktop window: Create a token' },
    ]);
  });

  it('is requested again after a refusal, which gives no proof and is recorded', async () => {
    const refused = proof.ask('Create a token');
    answers[0]?.resolve(false);
    expect(await refused).toBe(false);
    expect(proof.at()).toBeNull();
    const allowed = proof.ask('Create a token');
    answers[1]?.resolve(true);
    expect(await allowed).toBe(true);
    expect(recorded.map(({ result }) => result)).toEqual(['PROOF_REQUIRED', 'ok']);
  });
});
