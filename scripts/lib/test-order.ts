// The order of test files without results of an earlier run. vitest starts with the largest file. The last files should be
// short, so that all workers finish at about the same time.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Small files that take 15 seconds or more, the longest first. */
const LONG = [
  'test/engine/deploy/recipes/killed.exhaustive.ts',
  'test/engine/deploy/transports/kill-busybox.exhaustive.ts',
  'test/engine/endpoints/testssl.exhaustive.ts',
  'test/engine/deploy/transports/kill-sudo.exhaustive.ts',
  'test/engine/deploy/transports/kill-root.exhaustive.ts',
  'test/engine/issuance/faulty-ca.exhaustive.ts',
  'test/e2e/screens.exhaustive.ts',
  'test/engine/deploy/transports/conformance.exhaustive.ts',
  'test/api/killed-anywhere.exhaustive.ts',
  'test/e2e/desktop-lifecycle.exhaustive.ts',
  'test/backup/killed.exhaustive.ts',
  'test/api/killed.exhaustive.ts',
  'test/packaging/installers.exhaustive.ts',
  'test/engine/maintenance/year.exhaustive.ts',
  'test/engine/deploy/recipes/postfix.exhaustive.ts',
  'test/engine/deploy/recipes/apache.exhaustive.ts',
  'test/engine/deploy/recipes/killed.spec.ts',
  'test/engine/deploy/transports/conformance.spec.ts',
  'test/engine/deploy/recipes/nginx.spec.ts',
  'test/engine/deploy/transports/kill.spec.ts',
  'test/engine/issuance/faulty-ca.spec.ts',
  'test/e2e/screens.spec.ts',
];

export class TestOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((path) => moduleId.endsWith(path));
      return place === -1 ? LONG.length : place;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
