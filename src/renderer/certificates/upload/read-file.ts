// The bytes of a dropped file or pasted text. What they are, the server tells, which has the one reader of all forms.
import { messages } from '../../messages.ts';

const text = messages.upload;

/** Keys are secrets: this lives in the form's state and nowhere else. */
export type Read = { readonly base64: string } | { readonly problem: string };

/** With base64 and the rest of the request it stays under the server's 1 MiB. */
export const MAX_BYTES = 700_000;

export async function readGivenFile(file: Pick<File, 'name' | 'size' | 'arrayBuffer'>): Promise<Read> {
  if (file.size > MAX_BYTES) return { problem: text.wrong.large(file.name) };
  return readBytes(file.name, new Uint8Array(await file.arrayBuffer()));
}

export function readBytes(name: string, bytes: Uint8Array): Read {
  if (bytes.length === 0) return { problem: text.wrong.empty(name) };
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { base64: btoa(binary) };
}
