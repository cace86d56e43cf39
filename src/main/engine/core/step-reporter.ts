// The interface through which a job reports its progress.
import type { Step } from '../../../shared/steps.ts';
import type { Json } from './model.ts';

export interface StepReporter {
  /** Sets the job's step and emits an event. @param data Must not contain a secret. */
  reportStep(step: Step, message: string, data?: Json): void;
}
