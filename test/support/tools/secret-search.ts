// Searches for secrets in every file of a data folder, in log lines, in answers.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The content of each place, by name. */
export async function textsOf(
  folder: string,
  more: Readonly<Record<string, readonly string[]>>,
): Promise<readonly (readonly [string, string])[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(async (path) => [path, await readFile(path, 'latin1')] as const);
  return [
    ...(await Promise.all(read)),
    ...Object.entries(more).map(([name, lines]) => [name, lines.join('\n')] as const),
  ];
}

/**
 * The places that contain one of the secrets, plain, in Base64, or (a key) one of its lines; with the secret's
 * number.
 */
export function findSecrets(
  texts: readonly (readonly [string, string])[],
  secrets: readonly string[],
): readonly string[] {
  return secrets.flatMap((secret, index) => {
    const forms = formsOf(secret);
    return texts
      .filter(([, text]) => forms.some((form) => text.includes(form)))
      .map(([name]) => `secret ${index} in ${name}`);
  });
}

function formsOf(secret: string): readonly string[] {
  const lines = secret.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));
  const plain = lines.length > 1 ? lines : [secret];
  // Without its last characters, which depend on the following text.
  return plain.flatMap((text) => [
    text,
    Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1),
  ]);
}
