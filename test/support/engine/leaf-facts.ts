// The facts that are saved of a certificate, as tests read them.
import type { LeafFacts } from '../../../src/main/engine/core/model.ts';
import { parseChain } from '../../../src/main/engine/pki/inspect/chain.ts';
import { leafFacts } from '../../../src/main/engine/pki/inspect/facts.ts';

/** Of the first certificate of a PEM text. @throws CERTIFICATE_UNREADABLE */
export function readLeafFacts(certificatePem: string): LeafFacts {
  const [first] = parseChain(certificatePem);
  if (first === undefined) throw new Error('the text has no certificate');
  return leafFacts(first);
}
