import { describe, expect, it } from 'vitest';
import { toCreate, toUpdate, toValues } from '../../src/renderer/notifications/channel-values.ts';
import type { Channel } from '../../src/shared/notification.ts';
import {
  CreateChannelSchema,
  NOTIFICATION_KINDS,
  UpdateChannelSchema,
} from '../../src/shared/notification.ts';

const CHANNEL: Channel = {
  id: 'c',
  name: 'Office',
  type: 'email',
  enabled: true,
  kinds: ['failed', 'digest'],
  tags: [],
  email: {
    host: 'mail.example.com',
    port: 587,
    security: 'starttls',
    username: 'u',
    from: 'a@example.com',
    to: ['b@example.com'],
    rootCertificate: null,
  },
  webhook: null,
  savedBy: { kind: 'window', name: 'Firefox' },
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  lastSentAt: null,
  lastError: null,
  waiting: 0,
};
const HOOK: Channel = {
  ...CHANNEL,
  type: 'webhook',
  email: null,
  webhook: { preset: 'ntfy', url: 'https://ntfy.sh/…', hasToken: true },
};

describe('a new channel', () => {
  it('receives every kind, and the server accepts it', () => {
    const email = { ...toValues(undefined), name: ' Ops ', host: 'mail.example.com', from: 'a@example.com' };
    const made = CreateChannelSchema.parse(toCreate({ ...email, to: ['b@example.com'] }));
    expect(made).toMatchObject({
      name: 'Ops',
      kinds: NOTIFICATION_KINDS,
      email: { username: null, port: 587 },
    });
    const webhook = {
      ...toValues(undefined),
      type: 'webhook' as const,
      name: 'x',
      url: ' https://x.example/y ',
    };
    expect(CreateChannelSchema.parse(toCreate(webhook))).toMatchObject({
      webhook: { url: 'https://x.example/y', token: null },
    });
    expect(toCreate(webhook)).not.toHaveProperty('webhook.signingSecret'); // Certdesk creates one
  });
});

describe('a changed channel', () => {
  it('sends no secret that was not typed, so that saved ones stay', () => {
    const mail = UpdateChannelSchema.parse(toUpdate(toValues(CHANNEL)));
    expect(mail.email).toMatchObject({ host: 'mail.example.com', username: 'u' });
    expect(mail.email).not.toHaveProperty('password');
    const hook = UpdateChannelSchema.parse(toUpdate(toValues(HOOK)));
    expect(hook.webhook).toEqual({ preset: 'ntfy' });
  });

  it('removes the password with the user name, and the token on request', () => {
    expect(toUpdate({ ...toValues(CHANNEL), username: '' }).email).toMatchObject({
      username: null,
      password: null,
    });
    expect(toUpdate({ ...toValues(HOOK), removeToken: true, token: 'typed' }).webhook?.token).toBeNull();
    expect(toUpdate({ ...toValues(HOOK), token: 'typed' }).webhook?.token).toBe('typed');
  });
});
