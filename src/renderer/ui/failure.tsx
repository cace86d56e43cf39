// An error for users: what happened, what to do, and the CA's response in a collapsible section.
import { Button, Collapse, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import type { ErrorBody } from '../../shared/errors.ts';
import { hintOf, nameFailures, problemOf } from '../../shared/failure-details.ts';
import { failureOf } from '../api.ts';
import { messages } from '../messages.ts';
import { CodeBlock } from './copy.tsx';
import { Notice } from './notice.tsx';
import { ServerText } from './time.tsx';

const text = messages.failure;

/** The error of a call. */
export function FailureNotice({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
}) {
  const failure = failureOf(error);
  if (failure.kind === 'refused' && failure.body.code === 'PROOF_REQUIRED')
    return (
      <Notice tone="warn" title={text.notConfirmed} role="alert">
        {text.notConfirmedText}
      </Notice>
    );
  if (failure.kind === 'refused') return <ErrorNotice body={failure.body} />;
  return (
    <Notice tone="bad" title={text.unreachable} role="alert">
      <Text>{text.unreachableAdvice}</Text>
      {onRetry !== undefined && (
        <Button variant="default" size="xs" mt="xs" onClick={onRetry}>
          {messages.retry}
        </Button>
      )}
    </Notice>
  );
}

export interface ErrorNoticeProps {
  readonly body: ErrorBody;
  readonly title?: string;
  /** Content at the right, such as a link to details. */
  readonly aside?: ReactNode;
}

export function ErrorNotice({ body, title, aside }: ErrorNoticeProps) {
  const names = nameFailures(body);
  const said = names.length === 0 ? problemOf(body)?.detail : undefined;
  const detail = said !== undefined && body.error.includes(said) ? undefined : said; // not twice
  const hint = hintOf(body);
  return (
    <Notice tone="bad" title={title ?? <ServerText>{body.error}</ServerText>} aside={aside} role="alert">
      <Stack gap="xs">
        {title !== undefined && (
          <Text>
            <ServerText>{body.error}</ServerText>
          </Text>
        )}
        {names.map(({ name, detail, advice }) => (
          <div key={name}>
            <Text fw={600} className="mono" fz="sm">
              {name}
            </Text>
            {advice !== null && <Text>{advice}</Text>}
            {detail !== null && (
              <Text c="dimmed" fz="sm" style={{ overflowWrap: 'anywhere' }}>
                {text.caSays}: {detail}
              </Text>
            )}
          </div>
        ))}
        {detail !== undefined && <Text>{detail}</Text>}
        {names.length === 0 && hint !== null && <Text c="dimmed">{hint}</Text>}
        <ErrorDetails body={body} />
      </Stack>
    </Notice>
  );
}

function ErrorDetails({ body }: { readonly body: ErrorBody }) {
  const [opened, { toggle }] = useDisclosure(false);
  const raw = JSON.stringify({ code: body.code, details: body.details }, null, 2);
  return (
    <div>
      <Button variant="subtle" color="gray" size="compact-xs" ml={-8} onClick={toggle} aria-expanded={opened}>
        {opened ? messages.hideDetails : text.technical}
      </Button>
      <Collapse expanded={opened} keepMounted={false}>
        <CodeBlock code={raw} what={text.technical} wrap />
      </Collapse>
    </div>
  );
}
