// A button that shows and hides what few people need. Hidden content is not rendered.
import { Collapse, UnstyledButton } from '@mantine/core';
import { useUncontrolled } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './ui.module.css';

export interface DisclosureProps {
  readonly label: string;
  /** Whether it is open at first. */
  readonly startsOpen?: boolean;
  /** Whether it is open, if the caller decides. */
  readonly opened?: boolean;
  onChange?(opened: boolean): void;
  readonly children: ReactNode;
}

export function Disclosure({ label, startsOpen = false, children, ...control }: DisclosureProps) {
  const [opened, setOpened] = useUncontrolled({
    value: control.opened,
    defaultValue: startsOpen,
    onChange: control.onChange,
  });
  const Icon = opened ? IconChevronDown : IconChevronRight;
  return (
    <div>
      <UnstyledButton
        className={classes.disclosure}
        aria-expanded={opened}
        onClick={() => setOpened(!opened)}
      >
        <Icon size={16} aria-hidden />
        {label}
      </UnstyledButton>
      <Collapse expanded={opened} keepMounted={false}>
        <div className={classes.disclosed}>{children}</div>
      </Collapse>
    </div>
  );
}
