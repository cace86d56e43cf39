// Real servers that a renewal has not reached, in the GUI, on the command line and as messages: nginx with another
// certificate on each address and without an intermediate, and Postfix with STARTTLS that was not reloaded. Then a reload
// fixes them.
import { writeFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { isRoot, type ServedPair } from '../support/daemons/daemon.ts';
import { type Nginx, startNginx } from '../support/daemons/nginx.ts';
import { type Postfix, startPostfix } from '../support/daemons/postfix.ts';
import { createTestPki, NAME, type TestPki } from '../support/endpoints/chains.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/engine/webhook-receiver.ts';
import { startGuiApp, useGui } from '../support/gui/use-gui.ts';
import { runCli } from '../support/server/cli.ts';
import { type CertifiedKey, createOpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

describeWith(['chromium', 'openssl', 'nginx', 'postfix'], 'servers that a renewal has not reached', () => {
  let pki: TestPki;
  let old: CertifiedKey;
  let current: CertifiedKey;
  let nginx: Nginx;
  let postfix: Postfix;
  let receiver: WebhookReceiver;
  let projectId = '';
  let web = '';
  let mail = '';
  const gui = useGui(async (onStop) => {
    const openssl = await createOpenSsl();
    onStop(() => openssl.remove());
    pki = await createTestPki(openssl);
    [old, current] = [await pki.issueLeaf(), await pki.issueLeaf()];
    nginx = await startNginx([{ pair: full(old) }, { address: '127.0.0.2', pair: full(old) }]);
    onStop(() => nginx.stop());
    postfix = await startPostfix({ pair: full(old) });
    onStop(() => postfix.stop());
    receiver = await startWebhookReceiver();
    onStop(() => receiver.stop());
    // The alarm comes an hour after a renewal: until then a timer on the server may install the certificate.
    return startGuiApp({ platform: { clock: { now: () => new Date(Date.now() + hours * 3_600_000) } } });
  });
  let hours = 0;

  const pairOf = (own: CertifiedKey, ...rest: readonly CertifiedKey[]): ServedPair => ({
    chain: [own, ...rest].map(({ certificate }) => certificate).join(''),
    privateKey: own.privateKey,
  });
  const full = (own: CertifiedKey) => pairOf(own, pki.lower, pki.upper);
  const upload = async ({ chain: certificate, privateKey }: ServedPair) => {
    const body = { certificate, privateKey };
    expect((await gui.app.call('POST', `/projects/${projectId}/certificate/upload`, { body })).status).toBe(
      200,
    );
  };
  const check = async (id: string) =>
    (await gui.app.call('POST', `/endpoints/${id}/check`, { body: {} })).body;
  const add = async (body: object) => {
    const all = { ...body, projectIds: [projectId], serverName: NAME, trust: pki.root.certificate };
    return String((await gui.app.call('POST', '/endpoints', { body: all })).body.id);
  };
  const cli = async (...args: readonly string[]) => {
    const server = ['--url', gui.app.app.address, '--token', gui.app.token];
    return (await runCli([...args, ...server], { env: { NO_COLOR: '1' } })).stdout;
  };
  const install = (block: number, { chain, privateKey }: ServedPair) => {
    writeFileSync(nginx.certificatePath(block), chain);
    writeFileSync(nginx.keyPath(block), privateKey);
  };
  /** Titles of all messages with this state, after a detection of changes. */
  const messages = async (wanted: string): Promise<readonly string[]> => {
    await gui.app.app.engine.notifications.tick();
    const all = receiver.received.map(({ body }) => JSON.parse(body));
    return all.filter(({ state }) => state === wanted).map(({ title }) => title);
  };
  const named = (port: number) => `127.0.0.1:${port}`;

  beforeAll(async () => {
    projectId = await gui.app.project(NAME);
    await upload(full(old));
    web = await add({ host: '127.0.0.1', port: nginx.port, addresses: ['127.0.0.1', '127.0.0.2'] });
    mail = await add({ host: '127.0.0.1', port: postfix.smtpPort, protocol: 'smtp' });
    for (const id of [web, mail]) expect(await check(id)).toMatchObject({ state: 'ok', sentence: null });
  });

  it.skipIf(!isRoot)('are shown with what to do, after a renewal that reached one address only', async () => {
    await upload(full(current));
    install(1, pairOf(current, pki.lower)); // without the upper intermediate
    await nginx.replaceWorkers();
    await expect
      .poll(async () => (await check(web)).findings)
      .toEqual(expect.arrayContaining(['served-old', 'missing-intermediate', 'addresses-differ']));
    hours += 2;
    for (const id of [web, mail]) for (const _ of [1, 2]) await check(id);
    const sentence = `${named(postfix.smtpPort)} still presents the old certificate. Restart the mail server there.`;
    expect((await check(mail)).sentence).toBe(sentence);

    const { page } = gui;
    await page.goto(await gui.app.app.signInLink()); // the session has ended meanwhile
    await page.getByRole('heading', { level: 1 }).waitFor();
    await gui.open(`/endpoints/${web}`);
    await page.getByText('Old certificate').first().waitFor();
    await page.getByText('The addresses present different certificates.').first().waitFor();
    await page.getByText('The server does not send Test Upper.').first().waitFor();
    await gui.open(`/endpoints/${mail}`);
    await page.getByText(sentence).first().waitFor();
    await gui.open('/');
    await page
      .getByText(/still presents the old certificate/)
      .first()
      .waitFor();
    const list = await cli('endpoints');
    expect(list).toContain('still presents the old certificate on 1 of 2 addresses');
    expect(await cli('endpoint', 'show', web)).toContain('missing-intermediate');
    // Created now: a detection between the two checks would report the servers one by one.
    const webhook = { preset: 'generic', url: `${receiver.url}/hook` };
    const body = { type: 'webhook', name: 'all', enabled: true, kinds: ['not_served'], webhook };
    expect((await gui.app.call('POST', '/notifications', { body })).status).toBe(201);
    const expected = ['2 servers do not present the right certificate'];
    await expect.poll(() => messages('problem')).toEqual(expected);
  });

  it.skipIf(!isRoot)('are right after a reload, which is reported as well', async () => {
    for (const block of [0, 1]) install(block, full(current));
    await nginx.replaceWorkers();
    const { chain, privateKey } = full(current);
    writeFileSync(postfix.combinedPath, `${privateKey}${chain}`);
    postfix.reload();
    for (const id of [web, mail]) await expect.poll(async () => (await check(id)).state).toBe('ok');
    await gui.open('/endpoints');
    await expect.poll(() => gui.page.getByRole('row').filter({ hasText: 'OK' }).count()).toBe(2);
    const status = await gui.app.call('GET', `/projects/${projectId}/certificate/status`);
    expect(status.body.served).toMatchObject({ state: 'current' });
    // A detection may run between the two checks: then there is a message for each.
    const both = [named(nginx.port), named(postfix.smtpPort)];
    const right = async () =>
      (await messages('resolved')).flatMap((title) => {
        if (title === '2 servers present the right certificate again') return both;
        return [title.replace(/ presents the right certificate again$/, '')];
      });
    await expect.poll(right).toHaveLength(2);
    expect((await right()).toSorted()).toEqual(both.toSorted());
    expect(await messages('problem')).toHaveLength(1);
  });
});
