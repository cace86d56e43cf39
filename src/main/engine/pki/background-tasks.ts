// Declares the upload checks that run on a background thread.
import type { KeyPairRequest } from '../../../shared/certificate.ts';
import type { FileContent } from './read-upload.ts';
import type { CheckedKeyPair } from './verify-certificate.ts';

export interface KeyPairTasks {
  /**
   * Runs `readGivenPair` and `checkKeyPair`, and describes each of `body.files`.
   * @throws as they do, with the descriptions in `details.files`
   */
  checkKeyPair(input: {
    readonly body: KeyPairRequest;
    readonly domain: string | null;
    readonly altNames: readonly string[];
    readonly now: Date;
  }): Promise<CheckedKeyPair & { readonly files?: readonly FileContent[] | undefined }>;
}
