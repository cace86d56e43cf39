// Returns an operation's display name: `dnsCredentials.tryOut` -> "Test DNS credentials before saving".
import { activity as activityTexts } from '../messages/activity.ts';

export function operationName(operation: string): string {
  const names: Readonly<Record<string, string>> = activityTexts.operations;
  return names[operation] ?? spaced(operation);
}

/** Derives a name for an unknown operation: `newThing.tryItOut` -> "New thing, try it out". */
function spaced(operation: string): string {
  const words = operation.replace('.', ', ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
