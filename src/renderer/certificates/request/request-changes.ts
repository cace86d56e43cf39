// Compares a request with the project's last request. Changes of CA, key and method are highlighted, because accidental
// changes are easy to miss.
import { obtain as obtainTexts } from '../../messages/obtain.ts';
import { OTHER_CA, type RequestValues } from './request-values.ts';

const text = obtainTexts;

export interface Change {
  readonly field: 'ca' | 'key' | 'method';
  /** Display value: `Let's Encrypt`, `EC P-256`. */
  readonly before: string;
  readonly after: string;
}

/** The part of the key's label before its remark: `EC P-256`. */
export function keyWords(key: RequestValues['key']): string {
  return text.keys[key].split(' (', 1)[0] ?? '';
}

/**
 * Lists what differs from the last request.
 * @param before The last request's values; null if there was none, so that nothing counts as changed.
 * @param nameOfCa Returns a CA's name by its ID.
 */
export function changesOf(
  before: RequestValues | null,
  after: RequestValues,
  nameOfCa: (id: string) => string,
): readonly Change[] {
  if (before === null) return [];
  const ca = ({ ca: id, caUrl }: RequestValues) => (id === OTHER_CA ? caUrl.trim() : nameOfCa(id));
  const all: readonly Change[] = [
    { field: 'ca', before: ca(before), after: ca(after) },
    { field: 'key', before: keyWords(before.key), after: keyWords(after.key) },
    { field: 'method', before: text.methods[before.method], after: text.methods[after.method] },
  ];
  return all.filter((change) => change.before !== change.after);
}
