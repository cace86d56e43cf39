// A titled surface.
import { Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './ui.module.css';

export interface PanelProps {
  readonly title?: ReactNode;
  /** Content at the right of the title. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  /** No padding around the content: for tables and lists. */
  readonly flush?: boolean;
}

export function Panel({ title, aside, children, flush = false }: PanelProps) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <div className={classes.panelHead}>
          <Title order={2} id={id} fz="sm">
            {title}
          </Title>
          {aside}
        </div>
      )}
      <div className={flush ? undefined : classes.panelBody}>{children}</div>
    </section>
  );
}
