// A process of its own for local.spec.ts: tests and runs one local deployment, and prints both results.
import { connectLocal } from '../../../src/main/engine/deploy/transports/local.ts';
import { fileAt, SIGNAL } from './transport-files.ts';

const [folder = '', path = ''] = process.argv.slice(2);
const transport = connectLocal({ name: 'here', transport: 'local', become: 'none', ssh: null }, { folder });
const file = fileAt(path, 'new');
const facts = await transport.facts([file], SIGNAL());
const deployed = await transport
  .stage({ runId: 'r1', deploymentId: 'd1', files: [file] }, SIGNAL())
  .then(() => transport.swap({ runId: 'r1', validate: null, reload: null }, SIGNAL()))
  .catch((error: unknown) => error);
process.stdout.write(JSON.stringify({ facts, deployed }));
transport.close();
