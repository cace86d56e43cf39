// Detects how systemd confines Certdesk's own process (ProtectSystem=strict, NoNewPrivileges), and writes the drop-in that
// lets it deploy on its own machine.
import { dirname } from 'node:path';
import type { SandboxFacts } from '../transport.ts';

/** The files of /proc/self with these names. */
export interface ProcessFiles {
  readonly mounts: string;
  readonly status: string;
  readonly cgroup: string;
}

/** Null if nothing confines the process. @param paths The targets of the deployment. */
export function findSandbox(files: ProcessFiles, paths: readonly string[]): SandboxFacts | null {
  const mounts = readMounts(files.mounts);
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const readOnly = folders.filter((folder) => isReadOnly(mounts, folder));
  const noNewPrivileges = /^NoNewPrivs:\s*1$/m.test(files.status);
  const unit = /\/([\w@.:-]+\.service)(?:\/|$)/m.exec(files.cgroup)?.[1] ?? null;
  if (readOnly.length === 0 && !(noNewPrivileges && unit !== null)) return null;
  return {
    readOnly,
    noNewPrivileges,
    unit,
    dropIn: dropInFor(unit ?? 'certdesk.service', readOnly.length > 0 ? readOnly : folders),
  };
}

interface Mount {
  readonly point: string;
  readonly readOnly: boolean;
}

/** proc_pid_mountinfo(5): field 5 is the mount point with octal escapes, field 6 has its options. */
function readMounts(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [, , , , point, options] = line.split(' ');
    if (point === undefined || options === undefined) return [];
    const path = point.replace(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    return [{ point: path, readOnly: options.split(',').includes('ro') }];
  });
}

/** The longest mount point decides; of two at the same place, the later one. */
function isReadOnly(mounts: readonly Mount[], folder: string): boolean {
  let best: Mount | null = null;
  for (const mount of mounts) {
    const prefix = mount.point === '/' ? '/' : `${mount.point}/`;
    if (!`${folder}/`.startsWith(prefix)) continue;
    if (best === null || mount.point.length >= best.point.length) best = mount;
  }
  return best?.readOnly ?? false;
}

/** systemd.syntax(7): a word with spaces is quoted, and a percent sign is doubled. */
function quoteForUnit(path: string): string {
  const escaped = path.replaceAll('%', '%%');
  return /[\s"'\\]/.test(path) ? `"${escaped.replace(/["\\]/g, '\\$&')}"` : escaped;
}

function dropInFor(unit: string, folders: readonly string[]): string {
  return `# systemctl edit ${unit}
[Service]
# A static user, which can own the folders; create it with: adduser --system --group certdesk
DynamicUser=no
User=certdesk
Group=certdesk
ReadWritePaths=${folders.map(quoteForUnit).join(' ')}

# Certdesk cannot use sudo here. A root-owned path unit reloads the service when a file changes, for example
# /etc/systemd/system/reload-nginx.path:
#   [Path]
#   PathChanged=${(folders[0] ?? '/etc/nginx/ssl').replaceAll('%', '%%')}
#   Unit=reload-nginx.service
#   [Install]
#   WantedBy=multi-user.target
# and /etc/systemd/system/reload-nginx.service:
#   [Service]
#   Type=oneshot
#   ExecStart=/usr/bin/systemctl reload nginx
`;
}
