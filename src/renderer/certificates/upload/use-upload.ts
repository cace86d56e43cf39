// The state of the upload form: the added files, the server's validation after each change, and the upload itself.
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { KeyPairRequest, Validation } from '../../../shared/certificate.ts';
import { useApiClient } from '../../api.ts';
import { type Read, readGivenFile } from './read-file.ts';
import { uploadToNew } from './upload-to-new.ts';
import { type Given, missing, refusal, sortByResult, toRequest } from './uploaded-files.ts';

export interface Upload {
  readonly given: readonly Given[];
  /** Errors of the last added files: unusable, or too many. */
  readonly problems: readonly string[];
  /** The part that is still missing; null if the upload is complete or empty. */
  readonly missing: string | null;
  readonly verdict: Validation | null;
  /** The server requires a password; `wrong` reports that the given one failed. */
  readonly wantsPassphrase: boolean;
  readonly passphraseWrong: boolean;
  readonly checking: boolean;
  /** The error of a validation or upload that could not be completed. */
  readonly error: unknown;
  readonly storing: boolean;
  drop(files: readonly File[]): Promise<void>;
  /** @returns whether the file was added */
  take(name: string, read: Read): boolean;
  remove(id: number): void;
  open(passphrase: string): void;
  store(): void;
}

/**
 * Keys and passwords are only in the form's state and are dropped with it; no request is cached.
 * @param id The project; null if the upload creates it.
 * @param onStored Receives the project's ID.
 */
export function useUpload(id: string | null, onStored: (id: string) => void): Upload {
  const client = useApiClient();
  const [given, setGiven] = useState<readonly Given[]>([]);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const request = useRef<KeyPairRequest | null>(null);
  const counter = useRef(0);
  const check = useMutation({
    mutationFn: (body: KeyPairRequest) =>
      id === null
        ? client.certificates.validateFiles.mutate({ body })
        : client.certificates.validate.mutate({ id, body }),
    gcTime: 0,
  });
  const upload = useMutation({
    mutationFn: async (body: KeyPairRequest) => {
      if (id === null) return uploadToNew(client, body, check.data);
      await client.certificates.upload.mutate({ id, body });
      return id;
    },
    gcTime: 0,
  });

  function inspect(now: readonly Given[], passphrase: string): void {
    upload.reset();
    setGiven(now);
    request.current = toRequest(now, passphrase);
    if (request.current === null) check.reset();
    else
      check.mutate(request.current, {
        onSuccess(verdict) {
          const sorted = sortByResult(now, verdict);
          if (sorted.problems.length === 0) return setGiven(sorted.given);
          setProblems(sorted.problems);
          inspect(sorted.given, passphrase);
        },
      });
  }

  function add(all: readonly { readonly name: string; readonly read: Read }[]): boolean {
    const wrong: string[] = [];
    let now = given;
    for (const { name, read } of all) {
      const problem = 'problem' in read ? read.problem : refusal(now, name, read.base64);
      if (problem !== null) wrong.push(problem);
      else if ('base64' in read)
        now = [...now, { id: ++counter.current, name, base64: read.base64, content: null }];
    }
    setProblems(wrong);
    if (now !== given) inspect(now, '');
    return wrong.length === 0;
  }

  const verdict = check.data ?? null;
  const code = verdict?.valid === false ? verdict.code : null;
  return {
    given,
    problems,
    missing: missing(verdict),
    verdict,
    wantsPassphrase: code === 'PASSPHRASE_REQUIRED' || code === 'PASSPHRASE_WRONG',
    passphraseWrong: code === 'PASSPHRASE_WRONG' && request.current?.passphrase !== undefined,
    checking: check.isPending,
    error: upload.error ?? check.error,
    storing: upload.isPending,
    async drop(files) {
      add(
        await Promise.all(files.map(async (file) => ({ name: file.name, read: await readGivenFile(file) }))),
      );
    },
    take: (name, read) => add([{ name, read }]),
    remove(gone) {
      setProblems([]);
      const rest = given.filter((each) => each.id !== gone);
      inspect(rest, '');
    },
    open: (passphrase) => inspect(given, passphrase),
    store() {
      if (request.current !== null) upload.mutate(request.current, { onSuccess: onStored });
    },
  };
}
