// STARTTLS of SMTP (RFC 3207).
import { isIPv6 } from 'node:net';
import { invalid, notOffered, reply, type StartTls } from './conversation.ts';

export const startSmtp: StartTls = async (talk) => {
  if ((await talk.read(reply)).code !== 220) throw invalid('an SMTP server');
  // An address literal: this machine may have no name that the server accepts (RFC 5321 section 4.1.4).
  const address = talk.localAddress;
  talk.write(`EHLO [${isIPv6(address) ? 'IPv6:' : ''}${address}]\r\n`);
  const { code, lines } = await talk.read(reply);
  if (code === null) throw invalid('an SMTP server');
  if (code !== 250 || !lines.some((each) => /^STARTTLS\s*$/i.test(each))) throw notOffered();
  talk.write('STARTTLS\r\n');
  if ((await talk.read(reply)).code !== 220) throw notOffered();
};
