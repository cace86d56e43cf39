// A feed of updates whose description (latest.yml) must be signed. electron-updater compares each file that it downloads
// with the SHA-512 in that description, and asks this provider for the description only.
import type { KeyObject } from 'node:crypto';
import type { GenericProvider as Provider } from 'electron-updater/out/providers/GenericProvider.js';
import { isSigned } from '../desktop/update-source.ts';

/** @returns the class that electron-updater makes its provider of (`updateProvider`). */
export async function createSignedProvider(key: KeyObject): Promise<typeof Provider> {
  const { GenericProvider } = await import('electron-updater/out/providers/GenericProvider.js');
  return class SignedProvider extends GenericProvider {
    /** @throws where the signature at `<url>.sig` is missing or is not that of the text. */
    protected override async httpRequest(
      ...[url, headers, cancellation]: Parameters<Provider['httpRequest']>
    ): Promise<string | null> {
      const text = await super.httpRequest(url, headers, cancellation);
      const signatureUrl = new URL(url);
      signatureUrl.pathname += '.sig';
      const signature = await super.httpRequest(signatureUrl, headers, cancellation);
      if (text !== null && signature !== null && isSigned(text, signature, key)) return text;
      throw new Error(`The update at ${url.origin}${url.pathname} is not signed by the key of this build`);
    }
  };
}
