// The clicks by which a person restores the newest backup of the list, in a browser or in the desktop's window.
import type { Locator, Page } from 'playwright';

/** @param page At the settings. @returns the dialog, at the first step. */
export async function openRestore(page: Page): Promise<Locator> {
  await page
    .getByRole('button', { name: /^Restore certdesk-/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Its passphrase', { exact: true }).waitFor();
  return dialog;
}

export async function checkBackup(dialog: Locator, passphrase: string): Promise<void> {
  await dialog.getByLabel('Its passphrase', { exact: true }).fill(passphrase);
  await dialog.getByRole('button', { name: 'Check', exact: true }).click();
}

/** From what is in it on; resolves when the page says that it is restored. */
export async function confirmRestore(dialog: Locator): Promise<void> {
  await dialog.getByLabel('Type “restore” to go on').fill('restore');
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await dialog.getByText('Certdesk runs with what was in the backup.').waitFor();
}
