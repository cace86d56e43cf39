// STLS of POP3 (RFC 2595 section 4).
import { invalid, line, notOffered, type StartTls } from './conversation.ts';

export const startPop3: StartTls = async (talk) => {
  if (!/^\+OK\b/i.test(await talk.read(line))) throw invalid('a POP3 server');
  talk.write('STLS\r\n');
  const answer = await talk.read(line);
  if (/^-ERR\b/i.test(answer)) throw notOffered();
  if (!/^\+OK\b/i.test(answer)) throw invalid('a POP3 server');
};
