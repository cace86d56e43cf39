// The buttons at the end of a form: Cancel first, apart from the others. On a narrow screen they share their lines.
import type { ReactNode } from 'react';
import classes from './ui.module.css';

/** @param children Cancel, then the other buttons, the submit button last. */
export function FormActions({ children }: { readonly children: ReactNode }) {
  return <div className={classes.formActions}>{children}</div>;
}
