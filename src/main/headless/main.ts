// The command line: certdesk serve, login-link, token create|list|revoke, audit verify|export,
// backup create|verify|restore.
import { Command, CommanderError, Option } from 'commander';
import { ScopeSchema } from '../../shared/token.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import { readInstallation } from '../installation.ts';
import { addOptions, DATA_OPTIONS, oneLine, SERVE_OPTIONS, toWebUrl } from '../platform/options.ts';
import { exportAudit, toEntry, verifyAudit } from './audit.ts';
import { createBackupFile, restoreBackupFile, verifyBackupFile } from './backup.ts';
import { listCaAccounts, replaceCaAccount } from './ca-account.ts';
import { listCaDirectories, withdrawCaDirectory } from './ca-directory.ts';
import { printLoginLink } from './login-link.ts';
import { endWithoutOutput } from './outputs.ts';
import { serve } from './serve.ts';
import { createToken, listTokens, revokeToken } from './token.ts';

/** @param argv As process.argv. Ends the process: 0 well, 2 for what the caller must mend. */
export async function main(argv: readonly string[]): Promise<void> {
  endWithoutOutput();
  const program = createProgram();
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function createProgram(): Command {
  const program = new Command('certdesk')
    .description("Obtains, checks, renews and revokes the TLS certificates of an admin's projects")
    .version(readInstallation().version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) });

  addOptions(program.command('serve').description('run the server'), [
    ...DATA_OPTIONS,
    ...SERVE_OPTIONS,
  ]).action(serve);

  addOptions(
    program.command('login-link').description('print a new one-time link that signs a browser in to the GUI'),
    DATA_OPTIONS,
  )
    .option(
      '--url <address>',
      "the server's address as the browser knows it (behind a reverse proxy)",
      toWebUrl,
    )
    .action(printLoginLink);

  const token = program.command('token').description('API tokens; may be used beside a running server');
  addOptions(token.command('create').description('make a token and print it, this once'), DATA_OPTIONS)
    .requiredOption('--name <name>', 'what it is for')
    .addOption(
      new Option(
        '--scope <scope...>',
        'projects:write includes projects:read; admin includes both, and settings, notifications, saved DNS credentials, the audit trail, and listing and revoking tokens',
      )
        .choices(ScopeSchema.options)
        .makeOptionMandatory(),
    )
    .option('--project <id...>', 'only for these projects')
    .option('--expires <time>', 'a UTC time such as 2027-01-31T00:00:00Z')
    .action(createToken);
  addOptions(
    token.command('list').description('list tokens; never the tokens themselves'),
    DATA_OPTIONS,
  ).action(listTokens);
  addOptions(
    token.command('revoke').description('revoke a token').argument('<id>', 'its id'),
    DATA_OPTIONS,
  ).action(revokeToken);

  const audit = program.command('audit').description('the audit trail; may be read beside a running server');
  addOptions(
    audit
      .command('verify')
      .description('say whether an entry was changed, put in or taken out; 1 where one was'),
    DATA_OPTIONS,
  )
    .option('--expect <seq:hash>', 'an entry that was noted down before, and is to be there', toEntry)
    .action(verifyAudit);
  addOptions(
    audit.command('export').description('print every entry, oldest first, as a line of JSON'),
    DATA_OPTIONS,
  ).action(exportAudit);
  addAccountCommands(program);
  addDirectoryCommands(program);
  addBackupCommands(program);
  return program;
}

function addAccountCommands(program: Command): void {
  const account = program
    .command('ca-account')
    .description('accounts at CAs; may be used beside a running server');
  addOptions(account.command('list').description('list accounts; never their keys'), DATA_OPTIONS).action(
    listCaAccounts,
  );
  addOptions(
    account
      .command('replace')
      .description('give an account that was deactivated at its CA a new key; its orders are given up')
      .argument('<id>', 'its id'),
    DATA_OPTIONS,
  ).action(replaceCaAccount);
}

function addDirectoryCommands(program: Command): void {
  const directory = program
    .command('ca-directory')
    .description('ACME directories that a person approved by their URL; may be used beside a running server');
  addOptions(directory.command('list').description('list approved directories'), DATA_OPTIONS).action(
    listCaDirectories,
  );
  addOptions(
    directory
      .command('withdraw')
      .description('withdraw an approval: in a private network the directory is no longer reached')
      .argument('<url>', 'its URL'),
    DATA_OPTIONS,
  ).action(withdrawCaDirectory);
}

function addBackupCommands(program: Command): void {
  const backup = program.command('backup').description('one encrypted file with all that Certdesk keeps');
  const passphrase = [
    new Option('--passphrase-file <file>', 'its first line is the passphrase'),
    new Option('--passphrase-stdin', 'the first line of standard input is the passphrase').conflicts(
      'passphraseFile',
    ),
  ];
  addOptions(
    backup
      .command('create')
      .description('make one, read it back and print its path; may run beside the server'),
    [...DATA_OPTIONS, ...passphrase],
  )
    .option('--folder <folder>', 'where it is put (that of the settings where it is left out)')
    .action(createBackupFile);
  addOptions(
    backup.command('verify').description('say whether a backup can be restored').argument('<file>'),
    passphrase,
  ).action(verifyBackupFile);
  addOptions(
    backup
      .command('restore')
      .description('put a backup into a data folder on which no Certdesk runs')
      .argument('<file>'),
    [...DATA_OPTIONS, ...SERVE_OPTIONS.filter(({ long }) => long === '--secret-store'), ...passphrase],
  )
    .option('--keep-aside', 'where the folder holds data already, move that into a folder within it')
    .action(restoreBackupFile);
}

/** One line on standard error says what is wrong and what to do. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CertdeskError && error.code !== 'INTERNAL') {
    process.stderr.write(`certdesk: ${error.message}\n`);
    return 2;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`certdesk: a mistake in Certdesk: ${text}\n`);
  return 70; // EX_SOFTWARE of sysexits.h
}
