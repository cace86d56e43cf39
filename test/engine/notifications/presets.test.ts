// The documented formats of Slack, Teams, Discord and ntfy.
import { describe, expect, it } from 'vitest';
import { type LinkedMessage, withLinks } from '../../../src/main/engine/notifications/links.ts';
import { toOutgoing } from '../../../src/main/engine/notifications/presets.ts';

const MESSAGE: LinkedMessage = {
  kind: 'failed',
  state: 'problem',
  at: '2026-02-03T10:00:00Z',
  host: 'box',
  title: '*.example.com <!channel> & more',
  text: 'a_b\nthe CA said `no`',
  link: null,
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

describe('the link to the page', () => {
  const item = { projectId: 'p1', domain: 'a.example.com', cause: 'It failed.', expiresAt: null };
  const stored = { ...MESSAGE, title: 'A title', text: 'A text', items: [item] };
  const linked = withLinks(stored, 'https://certs.example.com/app');
  const link = 'https://certs.example.com/app/#/projects/p1';

  it('is the page of the one item, or the list of all, below the address of the GUI', () => {
    expect(linked.link).toBe(link);
    expect(linked.items[0]?.link).toBe(link);
    const endpoint = { ...stored, items: [{ ...item, page: '/endpoints/e1' }] };
    expect(withLinks(endpoint, 'http://box:7878').link).toBe('http://box:7878/#/endpoints/e1');
    const many = { ...stored, total: 2, items: [item, item] };
    expect(withLinks(many, 'http://box:7878').link).toBe('http://box:7878/#/projects?need=attention');
    expect(withLinks(stored, null)).toMatchObject({ link: null, items: [{ link: null }] });
  });

  it('is in every format', () => {
    expect(made('generic', linked).body).toMatchObject({ link, items: [{ link }] });
    expect(made('slack', linked).body.blocks[2].text.text).toBe(`<${link}|Open in Certdesk>`);
    expect(made('teams', linked).body.attachments[0].content.actions).toEqual([
      { type: 'Action.OpenUrl', title: 'Open in Certdesk', url: link },
    ]);
    expect(made('discord', linked).body.embeds[0].description).toBe(
      `A text\n\n[Open in Certdesk](<${link}>)`,
    );
    expect(made('ntfy', linked).body.click).toBe(link);
  });

  it('is left out of every format if the address is unknown', () => {
    for (const preset of ['slack', 'teams', 'discord', 'ntfy'] as const)
      expect(JSON.stringify(made(preset).body)).not.toMatch(/Open in Certdesk|click|actions/);
  });
});
