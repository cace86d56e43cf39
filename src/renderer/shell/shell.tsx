// The frame around every screen: side bar, lost-connection banner and command palette.
import { Button, Group, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { ModalsProvider } from '@mantine/modals';
import { Outlet } from '@tanstack/react-router';
import { Suspense } from 'react';
import { useAppContext } from '../app-context.ts';
import { messages } from '../messages.ts';
import { ProofDialog } from '../session/proof-dialog.tsx';
import { signOut } from '../session/sign-out.ts';
import { useBackClosesDialog } from '../ui/back-closes-dialog.ts';
import { Notice } from '../ui/notice.tsx';
import { useStore } from '../use-store.ts';
import { useFollowTimeZone } from '../use-time-zone.ts';
import { SideBar } from './nav.tsx';
import { PaletteOnDemand } from './palette-on-demand.tsx';
import classes from './shell.module.css';
import { TopBar } from './top-bar.tsx';

const text = messages.shell;

export function Shell() {
  const { live, session, proof } = useAppContext();
  const state = useStore(live.state);
  const { browser } = session;
  useFollowTimeZone();
  useBackClosesDialog();
  // As in shell.module.css.
  const isNarrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const Navigation = isNarrow ? TopBar : SideBar;
  return (
    <ModalsProvider>
      <button type="button" className="skip-link" onClick={focusContent}>
        {text.skip}
      </button>
      <div className={classes.frame}>
        <Navigation live={state} onSignOut={browser && (() => void signOut(browser))} />
        <main id="content" tabIndex={-1} className={classes.main} style={{ outline: 'none' }}>
          {state === 'gone' && <GoneBanner onRetry={live.retry} />}
          <Suspense>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <PaletteOnDemand />
      {browser !== null && <ProofDialog proof={proof} browser={browser} />}
    </ModalsProvider>
  );
}

/** A button, because the router owns the URL hash that a link within the page would change. */
function focusContent(): void {
  document.getElementById('content')?.focus();
}

function GoneBanner({ onRetry }: { onRetry(): void }) {
  return (
    <div className={classes.banner}>
      <Notice tone="bad" title={text.gone} role="alert">
        <Group justify="space-between" wrap="nowrap">
          <Text>{text.goneText}</Text>
          <Button variant="default" size="xs" onClick={onRetry} style={{ flex: 'none' }}>
            {text.tryNow}
          </Button>
        </Group>
      </Notice>
    </div>
  );
}
