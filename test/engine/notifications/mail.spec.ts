// Mail against a real (strict) mail server on loopback: TLS modes, passwords, refusals, silence.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { NO_RENEWAL_YET } from '../../../src/main/engine/certificates/renewal-plan.ts';
import type { UpdateChannel } from '../../../src/shared/notification.ts';
import { makeTls, type TestTls } from '../../support/acme/tls.ts';
import {
  createNotificationRig,
  MINUTE,
  type NotificationRig,
} from '../../support/engine/notification-rig.ts';
import { type SmtpOptions, type SmtpServer, startSmtpServer } from '../../support/engine/smtp-server.ts';

const LOGIN = { user: 'certdesk', password: 'a password of the mail server' };
let folder: string;
let tls: TestTls;
let rig: NotificationRig;
const servers: SmtpServer[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certdesk-mail-'));
  tls = await makeTls(folder);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  rig = await createNotificationRig();
});
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await rig?.stop();
});

async function serve(options: SmtpOptions): Promise<SmtpServer> {
  const server = await startSmtpServer({ tls: { key: tls.key, cert: tls.cert }, ...options });
  servers.push(server);
  return server;
}

async function channel(port: number, more: UpdateChannel['email'] = {}): Promise<string> {
  const { id } = await rig.notifications().create({
    type: 'email',
    name: 'mail',
    enabled: true,
    kinds: ['failed'],
    email: {
      host: '127.0.0.1',
      port,
      security: 'starttls',
      username: LOGIN.user,
      password: LOGIN.password,
      from: 'certdesk@example.com',
      to: ['ops@example.com', 'night@example.com'],
      rootCertificate: tls.rootPem,
      ...(more as object),
    },
  });
  return id;
}
const test = (id: string) => rig.notifications().test(id, AbortSignal.timeout(60_000));

it.each(['starttls', 'tls'] as const)(
  '%s: a message arrives whole, after the password, over TLS',
  async (mode) => {
    const server = await serve({ mode, login: LOGIN });
    await channel(server.port, { security: mode });
    await rig.certificate(1, { renewal: { ...NO_RENEWAL_YET, failures: 1, lastError: 'Zürich says no' } });
    await rig.pass(MINUTE);
    expect(server.mails).toHaveLength(1);
    const [mail] = server.mails;
    expect(mail).toMatchObject({
      secure: true,
      user: LOGIN.user,
      to: ['ops@example.com', 'night@example.com'],
    });
    const delivery = (await rig.notifications().queue(1))[0];
    expect(mail?.data).toContain(`Message-ID: <${delivery?.id}@example.com>`);
    expect(mail?.data).toMatch(/Subject: \[Certdesk .*host-1\.example\.com/s);
    expect(mail?.data).toContain('Auto-Submitted: auto-generated');
    expect(delivery).toMatchObject({ state: 'sent', attempts: 1 });
  },
);

it('no message is sent in clear if STARTTLS is not offered', async () => {
  const server = await serve({ mode: 'plain', login: LOGIN });
  const id = await channel(server.port);
  await expect(test(id)).rejects.toMatchObject({ code: 'NOTIFICATION_FAILED' });
  expect(server.commands.filter((command) => /^(AUTH|MAIL)/.test(command))).toEqual([]);
});

it('an untrusted certificate ends the session before the password is sent', async () => {
  const server = await serve({ mode: 'starttls', login: LOGIN });
  const id = await channel(server.port, { rootCertificate: null });
  await expect(test(id)).rejects.toMatchObject({
    message: expect.stringMatching(/certificate|secure connection/i),
  });
  expect(server.commands.filter((command) => command.startsWith('AUTH'))).toEqual([]);
});

it("a wrong password is reported in the server's words, without the password", async () => {
  const server = await serve({ mode: 'starttls', login: LOGIN });
  const id = await channel(server.port, { password: 'another password that is wrong' });
  const error = await test(id).catch((cause: unknown) => cause);
  expect(error).toMatchObject({
    code: 'NOTIFICATION_FAILED',
    message: expect.stringMatching(/rejected the user name or password \(.*535 5\.7\.8/),
    details: { status: 535 },
  });
  const encoded = Buffer.from('\0certdesk\0another password that is wrong').toString('base64');
  const said = JSON.stringify(error, Object.getOwnPropertyNames(error)) + rig.log.join('');
  for (const secret of ['another password', encoded.slice(12, -4)]) expect(said).not.toContain(secret);
});

it('a deferring server is retried, and a silent one times out', async () => {
  const options: SmtpOptions = { mode: 'starttls', login: LOGIN, refuse: '451 4.3.0 Try again later' };
  const server = await serve(options);
  const id = await channel(server.port);
  await rig.certificate(1, { renewal: { ...NO_RENEWAL_YET, failures: 1 } });
  await rig.pass(MINUTE);
  expect((await rig.notifications().queue(1))[0]).toMatchObject({
    state: 'waiting',
    lastError: expect.stringContaining('451 4.3.0 Try again later'),
  });
  const silent = await serve({ mode: 'starttls', silent: true });
  await rig.notifications().update(id, { email: { port: silent.port } });
  await expect(test(id)).rejects.toMatchObject({ code: 'NOTIFICATION_FAILED' });
});

it('passwords are not sent in clear, nor to another server', async () => {
  const refused = (field: string) => ({
    code: 'INVALID_REQUEST',
    details: { issues: [expect.objectContaining({ field })] },
  });
  await expect(channel(25, { host: 'mail.example.com', security: 'none' })).rejects.toMatchObject(
    refused('email.security'),
  );
  await expect(channel(25, { password: null })).rejects.toMatchObject(refused('email.password'));
  await expect(channel(25, { rootCertificate: 'x' })).rejects.toMatchObject(refused('email.rootCertificate'));
  const id = await channel(25);
  const elsewhere = { email: { host: 'mail.attacker.example' } };
  await expect(rig.notifications().update(id, elsewhere)).rejects.toMatchObject(refused('email.password'));
});
