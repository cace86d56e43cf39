// Solves http-01 (RFC 8555 section 8.3): holds the key authorizations by token, which http/acme-challenge.ts serves.

import { toUrlHost } from '../../../shared/ip-address.ts';
import type { ChallengeRecord } from '../core/model.ts';
import { randomSecret } from '../core/random-secret.ts';
import type { ChallengeSolver } from './solver.ts';

/** A text that is served like a challenge, to test reachability. */
export interface Probe {
  readonly token: string;
  readonly text: string;
  /** Stops serving the text. */
  end(): void;
}

export interface HttpChallenges {
  readonly solver: ChallengeSolver;
  /** Returns the key authorization of a token that is being validated; null for any other. */
  answer(token: string): string | null;
  /** Serves `text` under a new token until `end` is called. */
  probe(text: string): Probe;
  /** Serves the challenges of an earlier run: the CA may request them before their job has resumed. */
  restore(
    challenges: readonly Pick<ChallengeRecord, 'type' | 'state' | 'token' | 'keyAuthorization'>[],
  ): void;
}

/** A CA requests a token from several places and more than once, so it is served until its authorization is final. */
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
        report('challenge', `Serving http://${toUrlHost(identifier)}/.well-known/acme-challenge/${token}`);
      },
      async awaitVisible() {
        // Served from memory: visible immediately to anyone who can reach this server.
      },
      async cleanUp({ token }) {
        answers.delete(token);
      },
    },
  };
}
