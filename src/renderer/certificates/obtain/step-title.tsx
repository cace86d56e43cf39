// The title of a wizard step.
import { VisuallyHidden } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { messages } from '../../messages.ts';
import { type ObtainStep, STEPS } from '../obtain-values.ts';

const text = messages.obtain;

/**
 * Takes the focus when the step opens (use the step as the React key), so that Tab continues in the step and screen
 * readers announce it.
 */
export function StepTitle({ step, children }: { readonly step: ObtainStep; readonly children: ReactNode }) {
  const ref = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    ref.current?.focus();
  }, []);
  return (
    <span ref={ref} tabIndex={-1} style={{ outline: 'none' }} data-step={step}>
      <VisuallyHidden>
        {text.stepOf(STEPS.indexOf(step) + 1, STEPS.length, text.steps[step])}.{' '}
      </VisuallyHidden>
      {children}
    </span>
  );
}
