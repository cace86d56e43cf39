// The page for users who are not signed in: the reason, and the command that creates a sign-in link.
import { Button, Center, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { messages } from '../messages.ts';
import { Logo } from '../shell/logo.tsx';
import { useTitle } from '../ui/page.tsx';
import type { SessionState } from './session.ts';
import { SignInCommand } from './sign-in-command.tsx';

const text = messages.session;

const TEXTS = {
  out: text.signedOut,
  left: text.left,
  link: text.link,
  tooMany: text.tooMany,
  unreachable: text.unreachable,
} as const;

export function SignInPage({ state }: { readonly state: Exclude<SessionState, 'in'> }) {
  useTitle(messages.appName);
  if (state === 'exchanging') {
    return (
      <Center mih="100vh" role="status">
        <Stack align="center" gap="sm">
          <Loader size="sm" />
          <Text c="dimmed">{text.signingIn}</Text>
        </Stack>
      </Center>
    );
  }
  const { title, text: body } = typeof state === 'string' ? TEXTS[state] : text.refused;
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" radius="lg" maw={460} w="100%" style={{ background: 'var(--cd-surface)' }}>
        <Stack gap="md">
          <Logo />
          <Title order={1}>{title}</Title>
          {typeof state !== 'string' && <Text>{state.reason ?? text.refused.byOther(state.status)}</Text>}
          <Text>{body}</Text>
          {state === 'unreachable' ? (
            <Button onClick={() => window.location.reload()}>{messages.retry}</Button>
          ) : (
            <>
              <SignInCommand />
              <Text c="dimmed" fz="sm">
                {text.why}
              </Text>
            </>
          )}
        </Stack>
      </Paper>
    </Center>
  );
}
