// An operation as a person reads it: `dnsCredentials.tryOut` -> "DNS credentials, try out".
import { messages } from '../messages.ts';

export function operationName(operation: string): string {
  const [noun = '', verb = ''] = operation.split('.');
  const nouns: Readonly<Record<string, string>> = messages.activity.filters.operations;
  return `${nouns[noun] ?? spaced(noun)}, ${spaced(verb)}`;
}

function spaced(camelCase: string): string {
  return camelCase.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
