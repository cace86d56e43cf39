// Reads the bytes of dropped files and pasted text. Only the server parses formats.
import { upload as uploadTexts } from '../../messages/upload.ts';

const text = uploadTexts;

/** May contain private keys: keep it in the form's state only. */
export type Read = { readonly base64: string } | { readonly problem: string };

/** Base64-encoded, with the rest of the request, this stays below the server's limit of 1 MiB. */
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
