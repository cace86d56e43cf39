// SSLRequest of PostgreSQL (its manual, "Message Formats").
import { invalid, notOffered, type Parse, type StartTls } from './conversation.ts';

const SSL_REQUEST = Buffer.from('0000000804d2162f', 'hex');

const oneByte: Parse<string> = (buffer) =>
  buffer.length === 0 ? null : { value: buffer.toString('latin1', 0, 1), length: 1 };

export const startPostgres: StartTls = async (talk) => {
  talk.write(SSL_REQUEST);
  const answer = await talk.read(oneByte);
  if (answer === 'N') throw notOffered();
  if (answer !== 'S') throw invalid('a PostgreSQL server');
};
