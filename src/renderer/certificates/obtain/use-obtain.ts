// The state that the wizard's steps share: form values, server data and the current step.
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { DnsCredential, DnsProviderInfo } from '../../../shared/dns-credential.ts';
import type { ListedProject } from '../../../shared/project.ts';
import { useApi } from '../../api.ts';
import { type Change, changesOf } from '../obtain-changes.ts';
import { stepOfErrors } from '../obtain-errors.ts';
import {
  type Before,
  checkStep,
  type FieldErrors,
  initialValues,
  type ObtainStep,
  type ObtainValues,
  STEPS,
} from '../obtain-values.ts';

export type ObtainForm = UseFormReturnType<ObtainValues>;

export interface Ca {
  readonly id: string;
  readonly name: string;
  readonly stagingUrl: string | null;
  readonly needsEab: boolean;
}

export interface Obtain {
  readonly project: ListedProject;
  readonly form: ObtainForm;
  /** Changes of CA, key and method since the last request. */
  readonly changes: readonly Change[];
  readonly step: ObtainStep;
  readonly providers: readonly DnsProviderInfo[];
  readonly provider: DnsProviderInfo | undefined;
  readonly kept: readonly DnsCredential[];
  /** The provider of the credentials that are stored with the project; null if none are stored. */
  readonly ownProvider: { readonly id: string; readonly name: string } | null;
  readonly cas: readonly Ca[];
  /** Undefined for a custom directory URL. */
  readonly ca: Ca | undefined;
  /** Goes to a step; forward only if the steps in between have no errors. */
  go(step: ObtainStep): void;
  /** Marks invalid fields and goes to the first step that has one. @returns whether there are any */
  mark(errors: FieldErrors): boolean;
}

export function useObtain(project: ListedProject, last: Before): Obtain {
  const api = useApi();
  const form = useForm<ObtainValues>({ initialValues: initialValues(project, last) });
  const [step, setStep] = useState<ObtainStep>('names');
  const providers = useQuery(api.system.dnsProviders.queryOptions()).data?.dnsProviders ?? [];
  const kept = useQuery(api.dnsCredentials.list.queryOptions()).data?.dnsCredentials ?? [];
  const cas = useQuery(api.system.cas.queryOptions()).data?.cas ?? [];
  const ownProvider = last.usesProjectCredentials ? (last.request?.dnsProvider ?? null) : null;
  const before = last.request === null ? null : form.getInitialValues();
  const nameOfCa = (id: string): string => cas.find((each) => each.id === id)?.name ?? id;
  const changes = changesOf(before, form.values, nameOfCa);
  const provider = providers.find(({ id }) => id === form.values.dnsProvider);
  const ca = cas.find(({ id }) => id === form.values.ca);

  function mark(errors: FieldErrors): boolean {
    form.setErrors(errors);
    const wrong = stepOfErrors(errors);
    if (wrong !== null) setStep(wrong);
    return wrong !== null;
  }

  function go(to: ObtainStep): void {
    const known = { project, provider, needsEab: ca?.needsEab ?? false };
    const before = STEPS.slice(0, STEPS.indexOf(to));
    const errors = Object.assign({}, ...before.map((each) => checkStep(each, form.getValues(), known)));
    if (!mark(errors)) setStep(to);
  }

  return { project, form, changes, step, providers, provider, kept, ownProvider, cas, ca, go, mark };
}
