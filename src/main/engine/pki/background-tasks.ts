// What is checked on another thread: the files of an upload.
import type { KeyPairRequest } from '../../../shared/certificate.ts';
import type { FileContent } from './read-upload.ts';
import type { CheckedKeyPair } from './verify-certificate.ts';

export interface KeyPairTasks {
  /** What `readGivenPair` and then `checkKeyPair` return, and what each of `body.files` holds. @throws as they do (details.files) */
  checkKeyPair(input: {
    readonly body: KeyPairRequest;
    readonly domain: string | null;
    readonly altNames: readonly string[];
    readonly now: Date;
  }): Promise<CheckedKeyPair & { readonly files?: readonly FileContent[] | undefined }>;
}
