// Where channels may lead: to a private address only if a signed-in user saved it.
import { lookup } from 'node:dns';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAddressPolicy, type LookUp } from '../../../src/main/engine/outgoing/address-policy.ts';
import { type Channel, CreateChannelSchema } from '../../../src/shared/notification.ts';
import { createNotificationRig, type NotificationRig } from '../../support/engine/notification-rig.ts';
import { type SmtpServer, startSmtpServer } from '../../support/engine/smtp-server.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../support/engine/webhook-receiver.ts';

let rig: NotificationRig;
let receiver: WebhookReceiver;
let mailServer: SmtpServer;
const ownPorts: number[] = [];
const NAME = 'hooks.example.com';

beforeEach(async () => {
  ownPorts.length = 0;
  rig = await createNotificationRig(createAddressPolicy({ listeners: () => ownPorts, lookup: leadsHere }));
  receiver = await startWebhookReceiver();
  mailServer = await startSmtpServer({ mode: 'plain' });
});
afterEach(async () => {
  await rig?.stop();
  await receiver?.stop();
  await mailServer?.stop();
});

/** A third party's name server that points a public name at an internal address. */
const leadsHere: LookUp = (host, options, callback) =>
  host === NAME ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : lookup(host, options, callback);

type By = 'token' | 'window';

function webhook(by: By, url: string): Promise<Channel> {
  const body = { type: 'webhook', name: 'ops', webhook: { preset: 'generic', url } };
  return rig.as(by, () => rig.notifications().create(CreateChannelSchema.parse(body)));
}

function mail(by: By, host: string): Promise<Channel> {
  const email = {
    host,
    port: mailServer.port,
    security: 'none',
    from: 'a@example.com',
    to: ['b@example.com'],
  };
  const body = { type: 'email', name: 'ops', email };
  return rig.as(by, () => rig.notifications().create(CreateChannelSchema.parse(body)));
}

const test = ({ id }: Pick<Channel, 'id'>) => rig.notifications().test(id, AbortSignal.timeout(20_000));
const refused = { code: 'INVALID_REQUEST', message: expect.stringContaining('private network') };

describe('a token', () => {
  it.each(['localhost', '10.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '[2002:7f00:1::]', '2130706433'])(
    'cannot save a webhook at %s',
    async (host) => expect(webhook('token', `https://${host}/x`)).rejects.toMatchObject(refused),
  );

  it.each(['127.0.0.1', '192.168.0.1', '::1', 'localhost'])('cannot save a mail server at %s', async (host) =>
    expect(mail('token', host)).rejects.toMatchObject(refused),
  );

  it('reads no answer of an internal server through a name that resolves to it', async () => {
    const port = new URL(receiver.url).port;
    receiver.answer({ status: 500, body: 'an internal secret' });
    const channels = [await webhook('token', `https://${NAME}:${port}/x`), await mail('token', NAME)];
    for (const channel of channels) {
      await expect(test(channel)).rejects.toMatchObject({
        code: 'NOTIFICATION_FAILED',
        message: expect.stringContaining('private network'),
      });
    }
    expect(receiver.received).toEqual([]);
    expect(mailServer.commands).toEqual([]);
  });

  it('cannot send a saved mail password to another host, port or trusted root; a user may change the port', async () => {
    const account = { security: 'tls', username: 'ops', password: 'saved by a person' };
    const parties = { from: 'a@example.com', to: ['b@example.com'] };
    const email = { host: 'mail.example.com', port: 465, ...account, ...parties };
    const made = CreateChannelSchema.parse({ type: 'email', name: 'ops', email });
    const { id } = await rig.as('window', () => rig.notifications().create(made));
    const change = (by: By, values: object) =>
      rig.as(by, () => rig.notifications().update(id, { email: values }));
    const expected = {
      code: 'INVALID_REQUEST',
      message: expect.stringMatching(/^email\.password: enter it again/),
    };
    for (const values of [
      { host: 'evil.example.com' },
      { port: 2465 },
      { rootCertificate: rootCertificates[0] },
    ])
      await expect(change('token', values), JSON.stringify(values)).rejects.toMatchObject(expected);
    await expect(change('window', { host: 'evil.example.com' })).rejects.toMatchObject(expected);
    expect((await change('token', { to: ['c@example.com'] })).email?.to).toEqual(['c@example.com']);
    expect((await change('window', { port: 587, security: 'starttls' })).email?.port).toBe(587);
  });

  it('may change what a user saved, but gains nothing by changing its address', async () => {
    const { id } = await webhook('window', `${receiver.url}/x`);
    const update = (body: object) => rig.as('token', () => rig.notifications().update(id, body));
    await update({ name: 'renamed', webhook: { preset: 'slack' } });
    expect((await rig.notifications().list())[0]?.savedBy).toEqual({ kind: 'window', name: 'a window' });
    await test({ id });
    await expect(update({ webhook: { url: 'http://127.0.0.1:1/y' } })).rejects.toMatchObject(refused);
    await update({ webhook: { url: `https://${NAME}:${new URL(receiver.url).port}/y` } });
    expect((await rig.notifications().list())[0]?.savedBy.kind).toBe('token');
    await expect(test({ id })).rejects.toThrow('private network');
    expect(receiver.received).toHaveLength(1);
  });
});

describe('a signed-in user', () => {
  it('may save an internal webhook and an internal mail server', async () => {
    await test(await webhook('window', `${receiver.url}/x`));
    await test(await webhook('window', `http://localhost:${new URL(receiver.url).port}/x`));
    await test(await mail('window', '127.0.0.1'));
    await test(await mail('window', 'localhost'));
    expect(receiver.received).toHaveLength(2);
    expect(mailServer.mails).toHaveLength(2);
  });

  it('approves an address that a token saved by saving it', async () => {
    const { id } = await webhook('token', `https://${NAME}:${new URL(receiver.url).port}/x`);
    await rig.as('window', () => rig.notifications().update(id, { webhook: { url: `${receiver.url}/x` } }));
    await test({ id });
    expect(receiver.received).toHaveLength(1);
  });

  it('reaches no metadata service and no listener of this Certdesk', async () => {
    await expect(webhook('window', 'http://169.254.169.254/latest/')).rejects.toThrow('metadata');
    await expect(webhook('window', 'https://[fd00:ec2::254]/latest/')).rejects.toThrow('metadata');
    const channel = await webhook('window', `http://${NAME}:${new URL(receiver.url).port}/x`);
    ownPorts.push(Number(new URL(receiver.url).port));
    await expect(webhook('window', `${receiver.url}/x`)).rejects.toThrow('itself listens');
    await expect(test(channel)).rejects.toThrow('itself listens');
    expect(receiver.received).toEqual([]);
  });

  it('cannot save plain http to a public address', async () => {
    await expect(webhook('window', 'http://8.8.8.8/x')).rejects.toThrow('plain http');
    await expect(webhook('token', 'http://hooks.example.com/x')).rejects.toThrow('plain http');
  });
});
