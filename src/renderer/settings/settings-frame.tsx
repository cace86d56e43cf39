// The frame of a settings page: the list of all of them, and the panels of this one.
import { Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { settings as settingsTexts } from '../messages/settings.ts';
import { Page } from '../ui/page.tsx';
import classes from './settings.module.css';
import { SETTINGS_PAGES, type SettingsAddress } from './settings-nav.ts';

const text = settingsTexts;

export interface SettingsFrameProps {
  readonly page: SettingsAddress;
  readonly children: ReactNode;
}

export function SettingsFrame({ page, children }: SettingsFrameProps) {
  const label = SETTINGS_PAGES.find(({ to }) => to === page)?.label ?? '';
  return (
    <Page title={`${label} · ${text.title}`} heading={text.title} description={text.description}>
      <div className={classes.page}>
        <nav className={classes.list} aria-label={text.sections}>
          <ul>
            {SETTINGS_PAGES.map(({ to, label: name }) => (
              <li key={to}>
                <Link to={to} activeOptions={EXACT}>
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <Stack gap="md" miw={0}>
          {children}
        </Stack>
      </div>
    </Page>
  );
}

const EXACT = { exact: true };
