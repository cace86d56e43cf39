// Signs this browser out, or says that it is still signed in.
import { messages } from '../messages.ts';
import { notifyProblem } from '../ui/notify-failure.tsx';
import type { BrowserSession } from './session.ts';

const text = messages.shell;

export async function signOut(browser: BrowserSession): Promise<void> {
  if (!(await browser.signOut())) notifyProblem(text.notSignedOut, text.notSignedOutText);
}
