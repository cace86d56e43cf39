// Before packing: checks that the keyring's binaries for the target systems exist. npm installs only this machine's.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AfterPackContext, Arch } from 'electron-builder';
import { ROOT } from './build.ts';

/** @throws an error with the command that downloads the missing ones. */
export function checkNativePackages({
  electronPlatformName,
  arch,
}: Pick<AfterPackContext, 'electronPlatformName' | 'arch'>): void {
  const missing = nativePackages(electronPlatformName, Arch[arch] ?? '').filter(
    (name) => !existsSync(join(ROOT, 'node_modules', name)),
  );
  if (missing.length === 0) return;
  throw new Error(
    `The keychain would be missing on ${electronPlatformName} ${Arch[arch]}. Run: npm install --no-save --force ${missing.join(' ')}`,
  );
}

/** @param arch `universal` means both. */
export function nativePackages(platform: string, arch: string): readonly string[] {
  const suffix: Readonly<Record<string, string>> = { linux: '-gnu', win32: '-msvc' };
  const arches = arch === 'universal' ? ['x64', 'arm64'] : [arch];
  return arches.map((each) => `@napi-rs/keyring-${platform}-${each}${suffix[platform] ?? ''}`);
}
