// The frame of a screen: title, description and actions. Also sets the window's title.
import { Box, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { messages } from '../messages.ts';
import { HelpLink } from './help-link.tsx';
import classes from './ui.module.css';

export interface PageProps {
  readonly title: string;
  /** The heading, if it is more than the title. */
  readonly heading?: ReactNode;
  readonly description?: ReactNode;
  readonly above?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Wide for lists, narrow for forms and text. */
  readonly width?: 'wide' | 'normal' | 'narrow';
}

const WIDTHS = { wide: 1400, normal: 1080, narrow: 760 };

export function Page({ title, heading, description, above, actions, children, width = 'normal' }: PageProps) {
  useTitle(title);
  return (
    <Box maw={WIDTHS[width]} mx="auto" w="100%">
      {above}
      <Group
        justify="space-between"
        align={description === undefined ? 'center' : 'flex-start'}
        gap="md"
        mb="lg"
        className={classes.pageHead}
      >
        <Stack gap={2} miw={0}>
          <Group gap={6} wrap="nowrap" miw={0} className={classes.pageTitle}>
            <Title order={1} style={{ overflowWrap: 'anywhere' }}>
              {heading ?? title}
            </Title>
            <HelpLink title={title} />
          </Group>
          {description !== undefined && (
            <Text c="dimmed" component="div">
              {description}
            </Text>
          )}
        </Stack>
        {actions !== undefined && actions !== false && (
          <Group gap="xs" className={classes.pageActions}>
            {actions}
          </Group>
        )}
      </Group>
      {children}
    </Box>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === messages.appName ? title : `${title} · ${messages.appName}`;
  }, [title]);
}
