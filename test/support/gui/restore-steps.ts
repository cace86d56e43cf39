// The clicks that restore the newest backup of the list, in a browser or in the desktop's window.
import type { Locator, Page } from 'playwright';

/** @param page On the settings. @returns the dialog, at the first step. */
export async function openRestore(page: Page): Promise<Locator> {
  await page
    .getByRole('button', { name: /^Restore certdesk-/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Backup passphrase', { exact: true }).waitFor();
  return dialog;
}

export async function checkBackup(dialog: Locator, passphrase: string): Promise<void> {
  await dialog.getByLabel('Backup passphrase', { exact: true }).fill(passphrase);
  await dialog.getByRole('button', { name: 'Verify', exact: true }).click();
}

/** Continues from the contents of the backup; resolves when the page says that it is restored. */
export async function confirmRestore(dialog: Locator): Promise<void> {
  await dialog.getByLabel('Type “restore” to confirm').fill('restore');
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await dialog.getByText('Certdesk is running with the restored data.').waitFor();
}
