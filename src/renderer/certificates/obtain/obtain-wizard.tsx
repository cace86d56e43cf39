// The frame of the wizard: progress, Back and Continue. Enter continues, and the focus moves to the next step.
import { Button, Group, Stack, Stepper } from '@mantine/core';
import type { ListedProject } from '../../../shared/project.ts';
import { messages } from '../../messages.ts';
import { Panel } from '../../ui/panel.tsx';
import { type Before, type ObtainStep, STEPS } from '../obtain-values.ts';
import { NamesStep } from './names-step.tsx';
import { OptionsStep } from './options-step.tsx';
import { ReviewStep } from './review-step.tsx';
import { StepTitle } from './step-title.tsx';
import { type Obtain, useObtain } from './use-obtain.ts';
import { ValidationStep } from './validation-step.tsx';

const text = messages.obtain;

export interface ObtainWizardProps {
  readonly project: ListedProject;
  /** The values of the last request. */
  readonly last: Before;
}

export function ObtainWizard({ project, last }: ObtainWizardProps) {
  const obtain = useObtain(project, last);
  const { step, go } = obtain;
  const at = STEPS.indexOf(step);
  return (
    <Stack gap="lg">
      <Stepper
        active={at}
        size="xs"
        aria-label={text.progress}
        onStepClick={(index) => go(STEPS[index] ?? 'names')}
      >
        {STEPS.map((each) => (
          <Stepper.Step key={each} label={text.steps[each]} />
        ))}
      </Stepper>
      {step === 'review' ? (
        <ReviewStep obtain={obtain} />
      ) : (
        <FormStep key={step} obtain={obtain} step={step} />
      )}
    </Stack>
  );
}

const PARTS = { names: NamesStep, validation: ValidationStep, options: OptionsStep } as const;
const TITLES = { names: text.names, validation: text.validation, options: text.options } as const;

function FormStep({
  obtain,
  step,
}: {
  readonly obtain: Obtain;
  readonly step: Exclude<ObtainStep, 'review'>;
}) {
  const at = STEPS.indexOf(step);
  const Part = PARTS[step];
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        obtain.go(STEPS[at + 1] ?? 'review');
      }}
    >
      <Stack gap="lg">
        <Panel title={<StepTitle step={step}>{TITLES[step]}</StepTitle>}>
          <Part obtain={obtain} />
        </Panel>
        <Group justify="space-between">
          {at > 0 ? (
            <Button variant="default" onClick={() => obtain.go(STEPS[at - 1] ?? 'names')}>
              {text.back}
            </Button>
          ) : (
            <span />
          )}
          <Button type="submit">{text.next}</Button>
        </Group>
      </Stack>
    </form>
  );
}
