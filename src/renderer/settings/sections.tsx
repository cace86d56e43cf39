// The list of settings sections; each entry scrolls to its panel.
import { Stack } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import { messages } from '../messages.ts';
import classes from './sections.module.css';

export interface SectionsProps {
  /** The titles of the panels, in order. */
  readonly names: readonly string[];
  readonly children: ReactNode;
}

export function Sections({ names, children }: SectionsProps) {
  const panels = useRef<HTMLDivElement>(null);
  return (
    <div className={classes.page}>
      <nav className={classes.list} aria-label={messages.settings.sections}>
        <ul>
          {names.map((name) => (
            <li key={name}>
              <button type="button" onClick={() => show(panels.current, name)}>
                {name}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <Stack gap="md" miw={0} ref={panels}>
        {children}
      </Stack>
    </div>
  );
}

/** The router owns the URL hash, so there are no anchors: a panel is found by its heading, which gets the focus. */
function show(panels: HTMLElement | null, name: string): void {
  const headings = [...(panels?.querySelectorAll('h2') ?? [])];
  const panel = headings.find(({ textContent }) => textContent === name)?.closest('section');
  if (panel === null || panel === undefined) return; // not loaded yet
  panel.tabIndex = -1;
  panel.focus({ preventScroll: true });
  panel.scrollIntoView({ block: 'start' });
}
