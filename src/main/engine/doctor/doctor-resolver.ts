// A resolver for one run of the doctor: short time-outs, answers that several checks share, and no DNSSEC validation, so
// that a bogus zone hides nothing else.
import { CertdeskError } from '../core/errors.ts';
import { type DnsQuestion, type DnsReply, type DnsSilence, describeReply } from '../dns/lookup/query.ts';
import type { AskOptions, DnsResolver } from '../dns/lookup/resolver.ts';

/** @param timeoutMs For one query. A chain of three must fit into the doctor's time. */
export function createDoctorResolver(resolver: DnsResolver, timeoutMs: number): DnsResolver {
  const answers = new Map<string, Promise<DnsReply | DnsSilence>>();

  const ask: DnsResolver['ask'] = (server, question, options) => {
    const { recursive, dnssec = recursive ? 'skip' : undefined, origin } = options;
    const key = [server, question.name, question.type, recursive, dnssec, origin].join(' ');
    const given: AskOptions = {
      timeoutMs,
      ...options,
      ...(dnssec === undefined ? {} : { dnssec }),
    };
    const answer = answers.get(key) ?? resolver.ask(server, question, given);
    answers.set(key, answer);
    return answer;
  };

  return {
    ...resolver,
    get servers() {
      return resolver.servers;
    },
    ask,
    /** Queries all servers at once: a silent first one must not use up the time. */
    async resolve(question, signal) {
      const { servers } = resolver;
      const replies = servers.map((server) => ask(server, question, { recursive: true, signal }));
      const good = replies.map(async (reply) => {
        const answer = await reply;
        if (isAnswer(answer)) return answer;
        throw new Error(describeReply(answer));
      });
      try {
        return await Promise.any(good);
      } catch {
        signal.throwIfAborted();
        throw failed(question, servers, await Promise.all(replies));
      }
    },
  };
}

function isAnswer(reply: DnsReply | DnsSilence): reply is DnsReply {
  return !reply.silent && (reply.rcode === 'NOERROR' || reply.rcode === 'NXDOMAIN');
}

function failed(
  { name, type }: DnsQuestion,
  servers: readonly string[],
  replies: readonly (DnsReply | DnsSilence)[],
): CertdeskError {
  const said = replies.map((reply, at) => `${servers[at]}: ${describeReply(reply)}`).join('; ');
  const message = `The ${type} lookup of ${name} failed (${said === '' ? 'no DNS server is known' : said}).`;
  return new CertdeskError('DNS_LOOKUP_FAILED', message, { name, type });
}
