// Compares a request with the project's last request. Changes of CA, key and method are highlighted, because accidental
// changes are easy to miss.
import { messages } from '../messages.ts';
import { type ObtainValues, OTHER_CA } from './obtain-values.ts';

const text = messages.obtain;

export interface Change {
  readonly field: 'ca' | 'key' | 'challengeType';
  /** Display value: `Let's Encrypt`, `EC P-256`. */
  readonly before: string;
  readonly after: string;
}

/**
 * Lists what differs from the last request.
 * @param before The last request's values; null if there was none, so that nothing counts as changed.
 * @param nameOfCa Returns a CA's name by its ID.
 */
export function changesOf(
  before: ObtainValues | null,
  after: ObtainValues,
  nameOfCa: (id: string) => string,
): readonly Change[] {
  if (before === null) return [];
  const ca = ({ ca: id, caUrl }: ObtainValues) => (id === OTHER_CA ? caUrl.trim() : nameOfCa(id));
  const key = (values: ObtainValues) => text.keys[values.key].split(' (', 1)[0] ?? '';
  const method = ({ challengeType }: ObtainValues) =>
    messages.certificates.methods[challengeType === 'http-01' ? 'http' : 'dns'];
  const all: readonly Change[] = [
    { field: 'ca', before: ca(before), after: ca(after) },
    { field: 'key', before: key(before), after: key(after) },
    { field: 'challengeType', before: method(before), after: method(after) },
  ];
  return all.filter((change) => change.before !== change.after);
}
