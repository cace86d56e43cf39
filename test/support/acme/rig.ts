// A fake CA and an ACME client for each test of a file, and shared helpers of those tests.
import { afterEach, beforeEach } from 'vitest';
import { createAcmeClient } from '../../../src/main/engine/acme/client.ts';
import type { AcmeClient, AcmeSession } from '../../../src/main/engine/acme/contract.ts';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { LOOPBACK_POLICY } from '../tools/network.ts';
import { type FakeAnswer, type FakeCa, startFakeCa } from './fake-ca.ts';
import { makeKey } from './issue.ts';

/** The prefix of every error type of RFC 8555 section 6.7. */
export const ACME = 'urn:ietf:params:acme:error:';
export const HTML = '<html><body><h1>503 Service Unavailable</h1></body></html>';

export interface AcmeRig {
  /** Those of the current test. */
  readonly ca: FakeCa;
  readonly client: AcmeClient;
  /** A session on account 1 of the fake CA. */
  open(options?: OpenOptions): AcmeSession;
  /** Answers successive requests for the path with these, and repeats the last one. */
  answerInTurn(path: string, answers: readonly FakeAnswer[]): void;
  /** The nonces that the requests for the path carried. */
  nonces(path: string): (string | undefined)[];
  /** An order as the fake CA may return it, pending unless `more` says otherwise. */
  order(more?: object): object;
}

export interface OpenOptions {
  readonly signal?: AbortSignal;
  readonly directoryUrl?: string;
}

const ACCOUNT_KEY = makeKey();

/** Registers the hooks of the calling test file. */
export function setUpAcmeRig(requestTimeoutMs = 20_000): AcmeRig {
  let running: { readonly ca: FakeCa; readonly client: AcmeClient } | null = null;
  const now = (): { readonly ca: FakeCa; readonly client: AcmeClient } => {
    if (running === null) throw new Error('no test is running');
    return running;
  };
  beforeEach(async () => {
    const client = createAcmeClient({
      addressPolicy: LOOPBACK_POLICY,
      requestTimeoutMs,
      userAgent: 'certdesk-tests/1',
    });
    running = { ca: await startFakeCa(), client };
  });
  afterEach(async () => {
    await now().client.close();
    await now().ca.stop();
  });
  return {
    get ca() {
      return now().ca;
    },
    get client() {
      return now().client;
    },
    open({ signal = new AbortController().signal, directoryUrl = now().ca.directoryUrl } = {}) {
      const accountUrl = `${now().ca.url}/account/1`;
      return now().client.session({ directoryUrl, accountKey: ACCOUNT_KEY, accountUrl, signal });
    },
    answerInTurn(path, answers) {
      let next = 0;
      now().ca.on(path, () => {
        const answer = answers[Math.min(next, answers.length - 1)];
        next += 1;
        return answer;
      });
    },
    nonces: (path) =>
      now()
        .ca.to(path)
        .map(({ jws }) => jws?.header.nonce),
    order: (more = {}) => ({
      status: 'pending',
      identifiers: [{ type: 'dns', value: 'example.com' }],
      authorizations: [`${now().ca.url}/authz/1`],
      finalize: `${now().ca.url}/finalize/1`,
      ...more,
    }),
  };
}

/** The rejection of the promise, which must be a CertdeskError. */
export async function failure(promise: Promise<unknown>): Promise<CertdeskError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof CertdeskError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
