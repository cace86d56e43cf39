// Reports the progress of a job to the people who watch it.
import type { Step } from '../../../shared/steps.ts';
import type { Json } from './model.ts';

export interface StepReporter {
  /** Sets the job's step and emits an event. @param data Holds no secret. */
  reportStep(step: Step, message: string, data?: Json): void;
}
