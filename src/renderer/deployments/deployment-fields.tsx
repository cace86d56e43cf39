// The parts of a deployment that its recipe sets, and that a deployment without a recipe needs.

import { Stack, TextInput, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { deployments as deploymentTexts } from '../messages/deployments.ts';
import type { PartProps } from './deployment-values.ts';
import { FileFields } from './file-fields.tsx';
import { KindFields } from './kind-fields.tsx';
import { isHostlessService } from './kind-options.ts';
import { CommandFields, StepFields, VerifyFields } from './step-fields.tsx';

const text = deploymentTexts.form;

export interface DeploymentFieldsProps extends PartProps {
  /** Lines of the stored script; null if none is stored. */
  readonly scriptLines: number | null;
}

export function DeploymentFields(props: DeploymentFieldsProps) {
  const { service } = props.values;
  if (isHostlessService(service))
    return (
      <Stack gap="lg">
        <KindFields {...props} service={service} />
        {service === 'acme-sh-hook' && <StepFields {...props} />}
      </Stack>
    );
  const isCommand = service === 'command';
  return (
    <Stack gap="lg">
      {isCommand ? (
        <>
          <CommandFields {...props} />
          <StepFields {...props} />
        </>
      ) : (
        <>
          <Section title={text.files}>
            <FileFields {...props} />
          </Section>
          <Section title={text.commands}>
            <StepFields {...props} />
          </Section>
        </>
      )}
      <VerifyFields {...props} />
    </Stack>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Stack gap="sm">
      <Title order={2} fz="sm">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

export function NameField({ values, errors, onChange }: PartProps) {
  return (
    <TextInput
      label={text.name}
      description={text.nameHint}
      autoComplete="off"
      value={values.name}
      error={errors.name}
      onChange={(event) => onChange({ name: event.currentTarget.value })}
    />
  );
}
