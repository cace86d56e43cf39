// http-01 (RFC 8555 section 8.3): the map from token to key authorization that http/acme-challenge.ts answers from.

import type { ChallengeRecord } from '../core/model.ts';
import { randomSecret } from '../core/random-secret.ts';
import type { ChallengeSolver } from './solver.ts';

/** A text that is served as a challenge is, to see whether it comes through. */
export interface Probe {
  readonly token: string;
  readonly text: string;
  /** It is not served any more. */
  end(): void;
}

export interface HttpChallenges {
  readonly solver: ChallengeSolver;
  /** The key authorization of a token that is being validated; null for any other. */
  answer(token: string): string | null;
  /** Serves `text` under a new token until `end` is called. */
  probe(text: string): Probe;
  /** Serves what a former run has presented: its CA may ask for it before its job has been gone on with. */
  restore(
    challenges: readonly Pick<ChallengeRecord, 'type' | 'state' | 'token' | 'keyAuthorization'>[],
  ): void;
}

/** A CA asks from several places and more than once, so a token is served until its authorization is final. */
export function createHttpChallenges(): HttpChallenges {
  const answers = new Map<string, string>();
  return {
    answer: (token) => answers.get(token) ?? null,
    probe(text) {
      const token = randomSecret('');
      answers.set(token, text);
      return { token, text, end: () => void answers.delete(token) };
    },
    restore(challenges) {
      for (const { type, state, token, keyAuthorization } of challenges) {
        if (type === 'http-01' && state !== 'cleaned') answers.set(token, keyAuthorization);
      }
    },
    solver: {
      type: 'http-01',
      async present({ token, keyAuthorization, identifier }, { report }) {
        answers.set(token, keyAuthorization);
        report('challenge', `Serving http://${identifier}/.well-known/acme-challenge/${token}`);
      },
      async awaitVisible() {
        // Served from memory: visible at once to whoever reaches this machine.
      },
      async cleanUp({ token }) {
        answers.delete(token);
      },
    },
  };
}
