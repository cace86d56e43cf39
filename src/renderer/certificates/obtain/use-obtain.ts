// What the wizard's steps share: the form, what the server knows, where one stands.
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
  /** Of CA, key and method, against the last request. */
  readonly changes: readonly Change[];
  readonly step: ObtainStep;
  readonly providers: readonly DnsProviderInfo[];
  readonly provider: DnsProviderInfo | undefined;
  readonly kept: readonly DnsCredential[];
  /** The provider of what is kept with the project from the last time; null where there is none. */
  readonly ownProvider: { readonly id: string; readonly name: string } | null;
  readonly cas: readonly Ca[];
  /** Undefined where its address is typed. */
  readonly ca: Ca | undefined;
  /** Goes to a step; forward only past steps without a mistake. */
  go(step: ObtainStep): void;
  /** Marks the fields, and goes to the first step that has one. @returns whether there was any. */
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
