// Which solver proves the names of a recipe.
import { CertdeskError } from '../errors.ts';
import type { Json, Recipe } from '../model.ts';
import type { ChallengeSolver } from './solver.ts';

export interface SolverRegistry {
  /** Refuses a recipe that cannot be proved, before a job is begun. @throws UNSUPPORTED_DNS_PROVIDER, INVALID_REQUEST */
  check(recipe: Recipe, dnsCredentials: Readonly<Record<string, Json>> | null): void;
  solverFor(recipe: Recipe): Promise<ChallengeSolver>;
}

export function createSolverRegistry(httpSolver: ChallengeSolver): SolverRegistry {
  return {
    check: refuseDns,
    async solverFor(recipe) {
      refuseDns(recipe);
      return httpSolver;
    },
  };
}

function refuseDns({ challengeType, dnsProvider }: Recipe): void {
  if (challengeType === 'http-01') return;
  throw new CertdeskError(
    'UNSUPPORTED_DNS_PROVIDER',
    `DNS provider ${dnsProvider ?? '(none named)'} is not supported`,
    {
      dnsProvider,
      supported: [],
    },
  );
}
