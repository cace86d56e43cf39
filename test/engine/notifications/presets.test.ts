// The documented formats of Slack, Teams, Discord and ntfy.
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/main/engine/core/stores/notifications.ts';
import { toOutgoing } from '../../../src/main/engine/notifications/presets.ts';

const MESSAGE: Message = {
  kind: 'failed',
  state: 'problem',
  at: '2026-02-03T10:00:00Z',
  host: 'box',
  title: '*.example.com <!channel> & more',
  text: 'a_b\nthe CA said `no`',
  items: [],
  total: 1,
};
const LONG = { ...MESSAGE, title: 'ü'.repeat(1_000), text: 'ü*'.repeat(20_000) };

function made(
  preset: 'generic' | 'slack' | 'teams' | 'discord' | 'ntfy',
  message = MESSAGE,
  url = 'https://h.example/x',
) {
  const outgoing = toOutgoing({ preset, url }, 'id-1', message);
  return { url: outgoing.url, body: JSON.parse(outgoing.body) };
}

describe('the message format', () => {
  it('generic: has everything, with its id', () => {
    expect(made('generic').body).toEqual({ version: 1, id: 'id-1', ...MESSAGE });
  });

  it('Slack: has blocks and a fallback, with its three special characters escaped and no mentions', () => {
    const { body } = made('slack');
    expect(body.text).toBe('*.example.com &lt;!channel&gt; &amp; more');
    expect(body.blocks[0]).toEqual({
      type: 'header',
      text: { type: 'plain_text', text: MESSAGE.title, emoji: false },
    });
    const long = made('slack', LONG).body;
    expect(long.blocks[0].text.text.length).toBeLessThanOrEqual(150);
    expect(long.blocks[1].text.text.length).toBeLessThanOrEqual(3_000);
  });

  it('Teams: is an Adaptive Card in a message', () => {
    const { type, attachments } = made('teams').body;
    expect(type).toBe('message');
    expect(attachments[0].contentType).toBe('application/vnd.microsoft.card.adaptive');
    expect(attachments[0].content).toMatchObject({ type: 'AdaptiveCard', version: '1.4' });
    expect(attachments[0].content.body[0].text).toBe('\\*.example.com \\<!channel\\> & more');
    expect(
      Buffer.byteLength(JSON.stringify(made('teams', { ...LONG, text: 'x'.repeat(90_000) }).body)),
    ).toBeLessThan(28_000);
  });

  it('Discord: is an embed within its limits that mentions nobody', () => {
    const { embeds, allowed_mentions } = made('discord').body;
    expect(allowed_mentions).toEqual({ parse: [] });
    expect(embeds[0]).toMatchObject({
      color: 0xc92a2a,
      timestamp: MESSAGE.at,
      description: 'a\\_b\nthe CA said \\`no\\`',
    });
    const [long] = made('discord', LONG).body.embeds;
    expect(long.title.length).toBeLessThanOrEqual(256);
    expect(long.description.length).toBeLessThanOrEqual(4_096);
  });

  it("ntfy: is JSON at the server's root with the topic in it", () => {
    const { url, body } = made('ntfy', MESSAGE, 'https://ntfy.example/alerts-x1');
    expect(url).toBe('https://ntfy.example/');
    expect(body).toEqual({
      topic: 'alerts-x1',
      title: MESSAGE.title,
      message: MESSAGE.text,
      priority: 4,
      tags: ['certdesk', 'failed'],
    });
    expect(Buffer.byteLength(made('ntfy', LONG).body.message)).toBeLessThanOrEqual(4_096);
  });
});
