// Summarizes the wizard's request in sentences, for confirmation.
import { messages } from '../../messages.ts';
import { namesOf } from '../obtain-values.ts';
import type { Obtain } from './use-obtain.ts';

const text = messages.obtain;

type Facts = Pick<Obtain, 'project' | 'form' | 'ca' | 'kept' | 'providers' | 'ownProvider'>;

export function summarize(obtain: Facts): readonly string[] {
  const { project, form, ca } = obtain;
  const values = form.getValues();
  const names = namesOf(project, values);
  return [
    text.will(names, ca?.name ?? values.caUrl.trim(), keyWords(values.key)),
    ...(values.staging ? [text.willStaging] : []),
    values.challengeType === 'http-01' ? text.willHttp(names.length) : dnsSentence(obtain),
    values.autoRenew ? (isManual(obtain) ? text.willRenewManually : text.willRenew) : text.willNotRenew,
    ...(project.certificate === null ? [] : [text.willReplace]),
  ];
}

function keyWords(key: keyof typeof text.keys): string {
  return text.keys[key].split(' (', 1)[0] ?? '';
}

function providerOf({ form, kept, ownProvider }: Facts): string | undefined {
  const { source, dnsProvider } = form.getValues();
  const named = kept.find(({ id }) => id === source)?.provider;
  return source === 'project' ? ownProvider?.id : (named ?? dnsProvider);
}

function isManual(obtain: Facts): boolean {
  return obtain.form.getValues().challengeType === 'dns-01' && providerOf(obtain) === 'manual';
}

function dnsSentence(obtain: Facts): string {
  const { providers } = obtain;
  const id = providerOf(obtain);
  if (id === 'manual') return text.willManual;
  return text.willDns(providers.find((each) => each.id === id)?.name ?? id ?? '');
}
