// The order of test files without results of an earlier run. vitest starts with the largest file. The last files should be
// short, so that both workers finish at about the same time.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Small files that take 15 seconds or more. */
const LONG = [
  'test/api/killed-anywhere.exhaustive.ts',
  'test/engine/maintenance/year.spec.ts',
  'test/e2e/docs.spec.ts',
];

export class TestOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONG.some((path) => moduleId.endsWith(path));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
