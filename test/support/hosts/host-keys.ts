// Public keys of hosts with any content; fingerprints are of the whole.
import { createHash } from 'node:crypto';

/** `text` is as known_hosts has it. */
export function hostKey(type: string, content: string) {
  const length = (text: string) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(Buffer.byteLength(text));
    return bytes;
  };
  const blob = Buffer.concat([length(type), Buffer.from(type), length(content), Buffer.from(content)]);
  const sha256 = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '');
  return { text: `${type} ${blob.toString('base64')}`, type, sha256, blob };
}
