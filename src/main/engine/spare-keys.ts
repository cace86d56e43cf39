// RSA keys take a tenth of a second to make, ECDSA keys nothing: once an RSA key was wanted, the next one is made in a
// quiet moment, so that the certificate after does not wait for it. It is in memory only, is given out once, and is not
// kept for long: what lies in memory for months may end in a core dump, a snapshot of the machine, or two copies of it.
import { generateKey } from './keys.ts';
import type { KeyPolicy } from './model.ts';

/** A new private key as PKCS#8 PEM. */
export type MakeKey = (policy: KeyPolicy) => Promise<string>;

/** After the last one was given out: by then that issuance needs the processor no more. */
const QUIET_MS = 1_000;
const LONGEST_MS = 10 * 60_000;

export function createSpareKeys(make: MakeKey = generateKey): MakeKey {
  let spare: { readonly size: number; readonly key: Promise<string> } | null = null;
  let timer: NodeJS.Timeout | undefined;
  const drop = () => {
    spare = null;
  };
  const refill = (policy: KeyPolicy) => {
    const key = make(policy);
    key.catch(() => undefined); // who takes it hears of it
    spare = { size: policy.size, key };
    timer = setTimeout(drop, LONGEST_MS).unref();
  };
  return (policy) => {
    if (policy.type !== 'rsa') return make(policy);
    const taken = spare?.size === policy.size ? spare.key : null;
    spare = null;
    clearTimeout(timer);
    timer = setTimeout(refill, QUIET_MS, policy).unref();
    return taken?.catch(() => make(policy)) ?? make(policy);
  };
}
