// Asks for a new sign-in link if a call requires a fresh proof. Other open dialogs stay as they are.
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { messages } from '../messages.ts';
import { useStore } from '../use-store.ts';
import { type Proof, readLinkSecret } from './proof.ts';
import type { BrowserSession, SessionState } from './session.ts';
import { SignInCommand } from './sign-in-command.tsx';

const text = messages.session.proof;

/** Above other dialogs (200). */
const ABOVE = 250;

export interface ProofDialogProps {
  readonly proof: Proof;
  readonly browser: BrowserSession;
}

export function ProofDialog({ proof, browser }: ProofDialogProps) {
  const asked = useStore(proof.asked);
  return (
    <Modal.Root
      opened={asked}
      onClose={() => proof.settle(false)}
      size="lg"
      zIndex={ABOVE}
      closeOnClickOutside={false}
    >
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body pt="lg">
          {/* No <header>: the dialog below has one, and screen readers would announce two banners. */}
          <Modal.Title mb="md">{text.title}</Modal.Title>
          <LinkForm proof={proof} browser={browser} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function LinkForm({ proof, browser }: ProofDialogProps) {
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [pending, setPending] = useState(false);

  async function submit(): Promise<void> {
    const secret = readLinkSecret(typed);
    if (secret === null) return setProblem(text.problems.none);
    setPending(true);
    const state = await browser.prove(secret);
    setPending(false);
    if (state === 'in') proof.settle(true);
    else setProblem(problemOf(state));
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      noValidate
    >
      <Stack gap="md">
        <Text>{text.why}</Text>
        <div>
          <Text mb={4}>{text.run}</Text>
          <SignInCommand />
        </div>
        <TextInput
          label={text.link}
          description={text.linkHint}
          value={typed}
          error={problem}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setProblem(null);
          }}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => proof.settle(false)}>
            {messages.cancel}
          </Button>
          <Button type="submit" loading={pending}>
            {text.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function problemOf(state: SessionState): string {
  if (typeof state !== 'string') return state.reason ?? messages.session.refused.byOther(state.status);
  if (state === 'link') return text.problems.link;
  return state === 'tooMany' ? text.problems.tooMany : text.problems.unreachable;
}
