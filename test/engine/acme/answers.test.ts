// How the ACME client parses answers: refusals, rate limits, bodies that are not ACME, and valid ones.
import { describe, expect, it } from 'vitest';
import { createCsr } from '../../../src/main/engine/acme/client.ts';
import { type FakeAnswer, fakeDirectory } from '../../support/acme/fake-ca.ts';
import { makeKey } from '../../support/acme/issue.ts';
import { ACME, failure, HTML, setUpAcmeRig } from '../../support/acme/rig.ts';

const rig = setUpAcmeRig();

describe('rate limits', () => {
  const limited = { type: `${ACME}rateLimited`, detail: 'too many certificates', status: 429 };
  it.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '122400' }, 122_400],
    [
      'a date',
      { 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT', date: 'Mon, 23 Nov 2026 10:00:00 GMT' },
      3_600,
    ],
    ['nothing, as for a paused account', {}, undefined],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
  ])('with %s', async (_what, headers, retryAfter) => {
    rig.answerInTurn('/new-order', [{ status: 429, headers, body: limited }]);
    const error = await failure(rig.open().createOrder({ names: ['example.com'] }));
    expect(error.code).toBe('ACME_RATE_LIMITED');
    expect(error.details).toEqual({
      url: `${rig.ca.url}/new-order`,
      status: 429,
      problem: limited,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
    expect(error.message).toContain('too many certificates');
    expect(rig.ca.to('/new-order')).toHaveLength(1);
  });

  it('are recognized by their status, whatever the type', async () => {
    rig.answerInTurn('/new-order', [{ status: 429, headers: { 'retry-after': '7' }, body: HTML }]);
    const error = await failure(rig.open().createOrder({ names: ['example.com'] }));
    expect(error).toMatchObject({ code: 'ACME_RATE_LIMITED', details: { retryAfter: 7, body: HTML } });
  });

  it('are recognized by their type, whatever the status', async () => {
    rig.answerInTurn('/new-order', [{ status: 503, body: limited }]);
    expect((await failure(rig.open().createOrder({ names: ['example.com'] }))).code).toBe(
      'ACME_RATE_LIMITED',
    );
  });
});

describe('answers that are not ACME', () => {
  it.each<[string, FakeAnswer]>([
    ['HTML in place of a directory', { body: HTML }],
    ['JSON of another kind', { body: { hello: 'world' } }],
    [
      'a directory without newOrder',
      { body: { ...fakeDirectory('http://127.0.0.1:1'), newOrder: undefined } },
    ],
    ['endpoints of another scheme', { body: fakeDirectory('ftp://ca.example') }],
    ['nothing at that address', { status: 404, body: HTML }],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.example/directory' } }],
  ])('%s', async (_what, answer) => {
    rig.answerInTurn('/directory', [answer]);
    const error = await failure(rig.open().directory());
    expect(error.code).toBe('ACME_PROTOCOL_ERROR');
    expect(rig.ca.requests).toHaveLength(1);
  });

  it('rejects a body that is far too large', async () => {
    const padded = { ...fakeDirectory(rig.ca.url), padding: ' '.repeat(3 * 1024 * 1024) };
    rig.answerInTurn('/directory', [{ body: padded }]);
    const error = await failure(rig.open().directory());
    expect(error).toMatchObject({
      code: 'ACME_PROTOCOL_ERROR',
      details: { reason: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' },
    });
  });

  it('rejects truncated JSON', async () => {
    const body = JSON.stringify(rig.order()).slice(0, 40);
    rig.answerInTurn('/new-order', [
      {
        status: 201,
        headers: { location: `${rig.ca.url}/order/1`, 'content-type': 'application/json' },
        body,
      },
    ]);
    const error = await failure(rig.open().createOrder({ names: ['example.com'] }));
    expect(error).toMatchObject({ code: 'ACME_PROTOCOL_ERROR', details: { status: 201, body } });
  });

  it.each<[string, FakeAnswer]>([
    ['an order without its address', { status: 201, body: {} }],
    ['an order of an unknown status', { status: 201, body: { status: 'confused' } }],
    ['an order in plain http', { status: 201, headers: { location: 'http://ca.example/order/1' }, body: {} }],
  ])('%s', async (_what, answer) => {
    rig.answerInTurn('/new-order', [answer]);
    expect((await failure(rig.open().createOrder({ names: ['example.com'] }))).code).toBe(
      'ACME_PROTOCOL_ERROR',
    );
  });

  it('rejects a certificate that is not PEM', async () => {
    rig.answerInTurn('/certificate/1', [{ body: HTML }]);
    expect((await failure(rig.open().getCertificate(`${rig.ca.url}/certificate/1`))).code).toBe(
      'ACME_PROTOCOL_ERROR',
    );
  });

  it('reports a refusal that is not a problem document', async () => {
    rig.answerInTurn('/new-order', [{ status: 403, body: HTML }]);
    const error = await failure(rig.open().createOrder({ names: ['example.com'] }));
    expect(error).toMatchObject({ code: 'ACME_PROTOCOL_ERROR', details: { status: 403, body: HTML } });
  });

  it('treats a missing order without a problem document as a refusal', async () => {
    const error = await failure(rig.open().getOrder(`${rig.ca.url}/order/1`));
    expect(error).toMatchObject({
      code: 'ACME_REJECTED',
      details: { status: 404, problem: { status: 404 } },
    });
  });
});

describe('refusals', () => {
  it('keep the whole problem document', async () => {
    const problem = {
      type: `${ACME}rejectedIdentifier`,
      detail: 'Some names are not allowed',
      status: 400,
      instance: 'https://ca.example/help/17',
      subproblems: [
        { type: `${ACME}caa`, detail: 'CAA forbids it', identifier: { type: 'dns', value: 'example.com' } },
      ],
    };
    rig.answerInTurn('/new-order', [{ status: 400, body: problem }]);
    const error = await failure(rig.open().createOrder({ names: ['example.com'] }));
    expect(error).toMatchObject({ code: 'ACME_REJECTED', details: { problem } });
    expect(error.message).toContain('Some names are not allowed');
  });

  it('name a missing external account even if the directory did not require one', async () => {
    const problem = { type: `${ACME}externalAccountRequired`, detail: 'get a key first' };
    rig.answerInTurn('/new-account', [{ status: 403, body: problem }]);
    expect((await failure(rig.open().createAccount({ email: null }))).code).toBe('ACME_EAB_REQUIRED');
  });
});

describe('the parsed answers', () => {
  it('say how long to wait before the next poll', async () => {
    rig.answerInTurn('/order/1', [
      { headers: { 'retry-after': '3' }, body: rig.order({ status: 'processing' }) },
      { body: rig.order() },
    ]);
    expect((await rig.open().getOrder(`${rig.ca.url}/order/1`)).retryAfterMs).toBe(3_000);
    expect((await rig.open().getOrder(`${rig.ca.url}/order/1`)).retryAfterMs).toBeNull();
  });

  it('say it for a challenge and a CSR too', async () => {
    const headers = { 'retry-after': '3' };
    rig.answerInTurn('/challenge/1', [{ headers, body: { status: 'processing' } }, { body: {} }]);
    const url = `${rig.ca.url}/challenge/1`;
    expect(await rig.open().completeChallenge(url)).toEqual({ retryAfterMs: 3_000 });
    expect(await rig.open().completeChallenge(url)).toEqual({ retryAfterMs: null });
    rig.answerInTurn('/order/1', [{ body: rig.order() }]);
    rig.answerInTurn('/finalize/1', [{ headers, body: rig.order({ status: 'processing' }) }]);
    const order = await rig.open().getOrder(`${rig.ca.url}/order/1`);
    const csr = await createCsr(['example.com'], makeKey());
    expect(await rig.open().finalizeOrder(order, csr)).toMatchObject({ retryAfterMs: 3_000 });
  });

  it('say what an order replaces, if the CA does', async () => {
    const replaces = 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE';
    rig.answerInTurn('/order/1', [{ body: rig.order({ replaces }) }, { body: rig.order({ replaces: '' }) }]);
    const url = `${rig.ca.url}/order/1`;
    expect(await rig.open().getOrder(url)).toMatchObject({ replaces });
    expect(await rig.open().getOrder(url)).not.toHaveProperty('replaces');
  });

  it('keep challenges of unknown types, even without a token, and drop invalid ones', async () => {
    const challenges = [
      {
        type: 'dns-persist-01',
        url: `${rig.ca.url}/challenge/1`,
        status: 'pending',
        'issuer-domain-names': ['ca.example'],
      },
      { type: 'http-01', url: `${rig.ca.url}/challenge/2`, status: 'pending', token: 'abc' },
      'nonsense',
    ];
    const identifier = { type: 'dns', value: 'example.com' };
    rig.ca.on('/authz/1', () => ({ body: { status: 'pending', identifier, challenges } }));
    const authorization = await rig.open().getAuthorization(`${rig.ca.url}/authz/1`);
    expect(authorization).toEqual({
      url: `${rig.ca.url}/authz/1`,
      status: 'pending',
      identifier,
      wildcard: false,
      challenges: [
        {
          type: 'dns-persist-01',
          url: `${rig.ca.url}/challenge/1`,
          status: 'pending',
          issuerDomainNames: ['ca.example'],
        },
        { type: 'http-01', url: `${rig.ca.url}/challenge/2`, status: 'pending', token: 'abc' },
      ],
      retryAfterMs: null,
    });
  });
});
