// STARTTLS of IMAP (RFC 9051 section 6.2.1).
import { invalid, line, notOffered, type StartTls } from './conversation.ts';

export const startImap: StartTls = async (talk) => {
  if (!/^\* (OK|PREAUTH)\b/i.test(await talk.read(line))) throw invalid('an IMAP server');
  talk.write('a1 STARTTLS\r\n');
  for (;;) {
    const answer = await talk.read(line);
    if (/^a1 OK\b/i.test(answer)) return;
    if (/^a1 (NO|BAD)\b/i.test(answer)) throw notOffered();
    if (!answer.startsWith('* ')) throw invalid('an IMAP server');
  }
};
