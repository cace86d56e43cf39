// Shows the doctor's findings, each with the fix to copy.
import { Stack, Text } from '@mantine/core';
import type { DoctorFinding, DoctorReport } from '../../shared/doctor.ts';
import { doctor as text } from '../messages/doctor.ts';
import { CodeBlock } from '../ui/copy.tsx';
import { Notice } from '../ui/notice.tsx';

type Findings = Pick<DoctorReport, 'findings'>;

export function DoctorReportView({ report: { findings } }: { readonly report: Findings }) {
  return (
    <Notice {...verdictOf(findings)} role="status">
      <Stack gap="sm" mt={findings.length === 0 ? 0 : 4}>
        {findings.map((finding) => (
          <Finding key={`${finding.code} ${finding.message}`} finding={finding} />
        ))}
      </Stack>
    </Notice>
  );
}

function verdictOf(findings: readonly DoctorFinding[]) {
  if (findings.some(({ blocks }) => blocks)) return { tone: 'bad', title: text.blocked } as const;
  const has = (wanted: DoctorFinding['severity']) => findings.some(({ severity }) => severity === wanted);
  if (has('critical')) return { tone: 'bad', title: text.failing } as const;
  if (has('warning')) return { tone: 'warn', title: text.doubtful } as const;
  return { tone: 'ok', title: text.fine } as const;
}

function Finding({ finding: { severity, message, fixes } }: { readonly finding: DoctorFinding }) {
  return (
    <div>
      <Text style={{ overflowWrap: 'anywhere' }}>
        <b>{text.severities[severity]}:</b> {message}
      </Text>
      {fixes.map(({ kind, text: code, instead }) => (
        <div key={code}>
          <Text fz="sm" c="dimmed" mt={4}>
            {instead ? text.instead(text.fixes[kind]) : text.fixes[kind]}
          </Text>
          <CodeBlock code={code} what={text.fixes[kind]} wrap />
        </div>
      ))}
    </div>
  );
}
