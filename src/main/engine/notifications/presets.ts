// Formats a message as each kind of webhook receiver documents it. Pure.
import type { WebhookPreset } from '../../../shared/notification.ts';
import type { LinkedMessage } from './links.ts';

const OPEN = 'Open in Certdesk';

export interface Outgoing {
  readonly url: string;
  readonly body: string;
}

/**
 * Returns the URL and body of the request.
 * @param id Equal in all attempts to deliver the message.
 */
export function toOutgoing(
  { preset, url }: { readonly preset: WebhookPreset; readonly url: string },
  id: string,
  message: LinkedMessage,
): Outgoing {
  if (preset === 'ntfy') return ntfy(url, message);
  const form = { generic, slack, teams, discord }[preset];
  return { url, body: JSON.stringify(form(message, id)) };
}

/** Documented in docs/notifications.md: fields are added but never renamed. */
function generic(message: LinkedMessage, id: string) {
  return { version: 1, id, ...message };
}

/** https://api.slack.com/messaging/webhooks, Block Kit: a header has at most 150 characters, a section 3,000. */
function slack({ title, text, link }: LinkedMessage) {
  const open = link === null ? [] : [`<${escapeSlack(link)}|${OPEN}>`];
  return {
    text: escapeSlack(title),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(title, 150), emoji: false } },
      { type: 'section', text: { type: 'mrkdwn', text: escapeSlack(cut(text, 2_400)) } },
      ...open.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text } })),
    ],
  };
}

/**
 * https://api.slack.com/reference/surfaces/formatting#escaping. Unescaped, `<!channel>` would notify the whole
 * channel.
 */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** An Adaptive Card for the webhooks of Teams (Workflows); at most 28 KB. */
function teams({ title, text, state, link }: LinkedMessage) {
  const color = { problem: 'Attention', resolved: 'Good', news: 'Default' }[state];
  const block = (line: string, more: object) => ({
    type: 'TextBlock',
    text: escapeMarkdown(line),
    wrap: true,
    ...more,
  });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            block(title, { size: 'Medium', weight: 'Bolder', color }),
            ...cut(text, 12_000)
              .split('\n')
              .filter((line) => line !== '')
              .map((line) => block(line, { spacing: 'Small' })),
          ],
          ...(link === null ? {} : { actions: [{ type: 'Action.OpenUrl', title: OPEN, url: link }] }),
        },
      },
    ],
  };
}

/** https://discord.com/developers/docs/resources/webhook#execute-webhook: a title of 256, a description of 4,096. */
function discord({ title, text, state, at, link }: LinkedMessage) {
  const color = { problem: 0xc92a2a, resolved: 0x2b8a3e, news: 0x1971c2 }[state];
  const embed = {
    title: cut(escapeMarkdown(cut(title, 128)), 256),
    // Not the embed's `url`: Discord refuses a whole message for a host name without a dot there.
    description: `${cut(escapeMarkdown(cut(text, 1_500)), 3_100)}${link === null ? '' : `\n\n[${OPEN}](<${link}>)`}`,
    color,
    timestamp: at,
  };
  return { username: 'Certdesk', embeds: [embed], allowed_mentions: { parse: [] } };
}

/** `*.example.com` is a name, not emphasis. */
function escapeMarkdown(text: string): string {
  return text.replace(/[\\*_~`|[\]<>]/g, (sign) => `\\${sign}`);
}

/**
 * https://docs.ntfy.sh/publish/#publish-as-json: posted to the server's root with the topic in the body, because
 * headers allow only ASCII. A message has at most 4,096 bytes.
 */
function ntfy(address: string, { title, text, state, kind, link }: LinkedMessage): Outgoing {
  const url = new URL(address);
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const topic = decodeURIComponent(parts.pop() ?? '');
  url.pathname = parts.length === 0 ? '/' : `/${parts.join('/')}/`;
  const body = {
    topic,
    title: cut(title, 250),
    message: cutOctets(text, 4_000),
    priority: state === 'problem' ? 4 : 3,
    tags: ['certdesk', kind],
    ...(link === null ? {} : { click: link }),
  };
  return { url: url.href, body: JSON.stringify(body) };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function cutOctets(text: string, octets: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= octets) return text;
  let end = octets - 3;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1; // not within a character
  return `${bytes.toString('utf8', 0, end)}…`;
}
