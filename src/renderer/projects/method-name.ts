// Returns the display name of a validation method.
import { certificates as certificateTexts } from '../messages/certificates.ts';

/** @param id `http-01`, `tls-alpn-01`, `dns-persist-01`, or the ID of a DNS provider. */
export function methodName(
  id: string,
  providers: readonly { readonly id: string; readonly name: string }[],
): string {
  if (id === 'http-01' || id === 'tls-alpn-01' || id === 'dns-persist-01')
    return certificateTexts.methods[id];
  return providers.find((provider) => provider.id === id)?.name ?? id;
}
