// The logo with the product's name.
import { messages } from '../messages.ts';
import classes from './shell.module.css';

export function Logo() {
  return (
    <span className={classes.logo}>
      <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
        <rect width="32" height="32" rx="8" fill="var(--mantine-color-iris-7)" />
        <path
          d="M16 6.5l7.5 2.8v6.2c0 4.8-3.1 8.3-7.5 10-4.4-1.7-7.5-5.2-7.5-10V9.3z"
          fill="none"
          stroke="#fff"
          strokeWidth="2.2"
          strokeLinejoin="round"
        />
        <path
          d="M12.4 15.8l2.6 2.6 4.7-4.9"
          fill="none"
          stroke="#fff"
          strokeWidth="2.2"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span className={classes.logoName}>{messages.appName}</span>
    </span>
  );
}
