// How the command line finds the server that runs on a data folder, and how both prove who they are.

/** The file in the data folder. Only the folder's owner can read it. The server replaces it at each start. */
export const ACCESS_FILE = 'command-line.json';

export interface LocalAccessFile {
  /** The server's address, `http://127.0.0.1:7878`. */
  readonly address: string;
  /** The credential, sent as a bearer token. It is valid until the server stops. */
  readonly token: string;
  readonly pid: number;
}

/**
 * Before a client sends the credential or a private key, it sends random text in this header. The server answers with
 * HMAC-SHA-256 of the text, with the credential as the key. A program that took the port of a server that crashed does
 * not know the credential.
 */
export const CHALLENGE_HEADER = 'certdesk-local-challenge';
export const PROOF_HEADER = 'certdesk-local-proof';
