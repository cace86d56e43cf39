// The result of a test; renders nothing before the test has run.
import { Text } from '@mantine/core';
import { FailureNotice } from './failure.tsx';
import { Notice } from './notice.tsx';

export interface TestResultProps {
  readonly test: { readonly error: unknown; readonly data: { readonly message: string } | undefined };
  /** Title of a successful result. */
  readonly success: string;
}

export function TestResult({ test: { error, data }, success }: TestResultProps) {
  if (error !== null) return <FailureNotice error={error} />;
  if (data === undefined) return null;
  return (
    <Notice tone="ok" title={success} role="status">
      <Text style={{ overflowWrap: 'anywhere' }}>{data.message}</Text>
    </Notice>
  );
}
