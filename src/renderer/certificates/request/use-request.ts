// The state that the parts of the request form share: the values, and the server's data that they refer to.
import { type UseFormReturnType, useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { CaCapabilities } from '../../../shared/ca-capabilities.ts';
import type { DnsCredential, DnsProviderInfo } from '../../../shared/dns-credential.ts';
import type { ListedProject } from '../../../shared/project.ts';
import { useApi } from '../../api.ts';
import type { FieldErrors } from '../credential-checks.ts';
import { parseNames } from './parse-names.ts';
import { type Change, changesOf, keyWords } from './request-changes.ts';
import { hasAdvancedError } from './request-errors.ts';
import {
  addressOf,
  type Before,
  checkCount,
  checkRequest,
  MANUAL,
  type Method,
  methodOf,
  namesOf,
  newValues,
  type RequestValues,
  valuesAgain,
} from './request-values.ts';
import { summarize } from './summary.ts';
import { recallTyped } from './typed-values.ts';

export interface Ca {
  readonly id: string;
  readonly name: string;
  readonly stagingUrl: string | null;
  readonly needsEab: boolean;
  /** The profile that the CA demands for IP addresses; null if it demands none. */
  readonly ipProfile: string | null;
  readonly capabilities: CaCapabilities | null;
}

/** What the form starts with. */
export type RequestSubject =
  | { readonly project: null; readonly names: string }
  | { readonly project: ListedProject; readonly last: Before };

export interface RequestState {
  /** Null if the form creates the project. */
  readonly project: ListedProject | null;
  readonly form: UseFormReturnType<RequestValues>;
  /** All names of the certificate, the domain first. */
  readonly names: readonly string[];
  /** Whether one certificate can have so many names. Otherwise nothing is tested yet. */
  readonly isTestable: boolean;
  readonly method: Method;
  /** What the form requests, in a sentence. */
  readonly sentence: string;
  /** Changes of CA, key and method since the last request. */
  readonly changes: readonly Change[];
  /** Those that Certdesk calls, so without the manual one. */
  readonly providers: readonly DnsProviderInfo[];
  readonly provider: DnsProviderInfo | undefined;
  readonly saved: readonly DnsCredential[];
  /** The provider of the credentials that are stored with the project; null if none are stored. */
  readonly ownProvider: { readonly id: string; readonly name: string } | null;
  readonly cas: readonly Ca[];
  /** Undefined for a custom directory URL. */
  readonly ca: Ca | undefined;
  readonly isAdvancedOpen: boolean;
  setAdvancedOpen(opened: boolean): void;
  /** Marks invalid fields and shows them. @returns whether there are any */
  mark(errors: FieldErrors): boolean;
  /** Validates the form and marks invalid fields. @returns whether it is valid */
  validate(): boolean;
}

/** The lists must have loaded, because the first values depend on them. */
export function useRequest(subject: RequestSubject): RequestState {
  const api = useApi();
  const { project } = subject;
  const saved = useQuery(api.dnsCredentials.list.queryOptions()).data?.dnsCredentials ?? [];
  const form = useForm<RequestValues>({ initialValues: firstValues(subject, saved) });
  const [isAdvancedOpen, setAdvancedOpen] = useState(false);
  const all = useQuery(api.system.dnsProviders.queryOptions()).data?.dnsProviders ?? [];
  const cas = useQuery(api.system.cas.queryOptions()).data?.cas ?? [];
  const { values } = form;
  const names = namesOf(project, values);
  const method = methodOf(values, names);
  const providers = all.filter(({ id }) => id !== MANUAL);
  const provider = providers.find(({ id }) => id === values.dnsProvider);
  const ca = cas.find(({ id }) => id === values.ca);
  const nameOfCa = (id: string): string => cas.find((each) => each.id === id)?.name ?? id;
  const last = subject.project === null ? null : subject.last;
  const ownProvider = last?.usesProjectCredentials ? (last.request?.dnsProvider ?? null) : null;
  const before = last === null || last.request === null ? null : form.getInitialValues();

  function mark(errors: FieldErrors): boolean {
    form.setErrors(errors);
    if (hasAdvancedError(errors)) setAdvancedOpen(true);
    const isMarked = Object.keys(errors).length > 0;
    if (isMarked) requestAnimationFrame(() => requestAnimationFrame(focusFirstInvalid)); // after it is rendered
    return isMarked;
  }

  return {
    project,
    form,
    names,
    isTestable: checkCount(values, names, ca) === null,
    method,
    sentence: summarize({
      ...values,
      names,
      method,
      profile: values.profile.trim() || (addressOf(names) === undefined ? '' : (ca?.ipProfile ?? '')),
      ca: ca?.name ?? hostOf(values.caUrl),
      provider: nameOfProvider(values.source, { saved, all, ownProvider, provider }),
      key: values.key === 'ec-256' ? null : keyWords(values.key),
    }),
    changes: changesOf(before, { ...values, method }, nameOfCa),
    providers,
    provider,
    saved,
    ownProvider,
    cas,
    ca,
    isAdvancedOpen,
    setAdvancedOpen,
    mark,
    validate: () => {
      const known = { project, provider, needsEab: ca?.needsEab ?? false, ca };
      return !mark(checkRequest(form.getValues(), known));
    },
  };
}

function firstValues(subject: RequestSubject, saved: readonly DnsCredential[]): RequestValues {
  const ids = saved.map(({ id }) => id);
  if (subject.project === null) return newValues(subject.names, ids);
  const { id, domain } = subject.project;
  const typed = recallTyped(id);
  if (typed === null) return valuesAgain(subject.project, subject.last, ids);
  // For a new project the domain was among them.
  const names = parseNames(typed.names).names.filter((name) => name !== domain);
  return { ...typed, names: names.join('\n') };
}

function focusFirstInvalid(): void {
  document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus();
}

function hostOf(url: string): string {
  return URL.parse(url.trim())?.host ?? url.trim();
}

interface Providers {
  readonly saved: readonly DnsCredential[];
  readonly all: readonly DnsProviderInfo[];
  readonly ownProvider: { readonly name: string } | null;
  readonly provider: DnsProviderInfo | undefined;
}

function nameOfProvider(source: string, { saved, all, ownProvider, provider }: Providers): string | null {
  if (source === 'new') return provider?.name ?? null;
  if (source === 'project') return ownProvider?.name ?? null;
  const id = saved.find((each) => each.id === source)?.provider;
  return all.find((each) => each.id === id)?.name ?? id ?? null;
}
