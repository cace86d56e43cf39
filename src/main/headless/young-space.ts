// A server is to be small. V8 lets the space for new objects grow to three times 16 MB when much is made at once, and
// hardly ever gives it back; at one megabyte the same work takes the same processor time (docs/performance.md).
import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's space for new objects at the size that it begins with. Before much has been made. Node warns of flags that
 * change after the start; this one is read at each collection, for nothing else (V8, heap/new-spaces.cc).
 */
export function keepYoungSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
