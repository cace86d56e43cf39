// AUTH TLS of FTP (RFC 4217).
import { invalid, notOffered, reply, type StartTls } from './conversation.ts';

export const startFtp: StartTls = async (talk) => {
  if ((await talk.read(reply)).code !== 220) throw invalid('an FTP server');
  talk.write('AUTH TLS\r\n');
  const { code } = await talk.read(reply);
  if (code === null) throw invalid('an FTP server');
  if (code !== 234) throw notOffered();
};
