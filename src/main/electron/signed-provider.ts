// A provider for electron-updater that requires a signature of the update description (latest.yml). electron-updater
// checks each download against the SHA-512 in the description, and gets only the description from this provider.
import type { KeyObject } from 'node:crypto';
import type { GenericProvider as Provider } from 'electron-updater/out/providers/GenericProvider.js';
import { isSigned } from '../desktop/update-source.ts';

/** @returns the class that electron-updater instantiates as its provider (`updateProvider`) */
export async function createSignedProvider(key: KeyObject): Promise<typeof Provider> {
  const { GenericProvider } = await import('electron-updater/out/providers/GenericProvider.js');
  return class SignedProvider extends GenericProvider {
    /** @throws if the signature at `<url>.sig` is missing or does not match the text */
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
