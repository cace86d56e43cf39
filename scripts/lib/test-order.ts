// The order of the test files where nothing is known of a former run: vitest takes the largest first, and the last
// ones should be short, or one worker ends long before the other.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Small files that take a quarter of a minute and more. */
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
