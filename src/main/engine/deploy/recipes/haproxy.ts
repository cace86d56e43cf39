// HAProxy: one PEM file with key and chain, without empty lines, because an empty line ends the payload of the runtime
// API (https://docs.haproxy.org/2.6/management.html#9.3-set%20ssl%20cert). HAProxy opens files of `crt` as root and
// before its chroot, so both paths are those of the host. The runtime API knows only files that HAProxy has loaded: for
// another one, such as a new file in a `crt` folder, HAProxy is reloaded.
import { portField, type Recipe } from './recipe.ts';

const RELOAD = ['systemctl', 'reload', 'haproxy'];

/**
 * Arguments: the socket, and the file as the configuration names it. The key goes over the socket only. One line, as the
 * list of the sudo helper needs it.
 */
const UPDATE = [
  'ask() { socat -t 20 - "UNIX-CONNECT:$1"; };',
  'answer=$({ printf "set ssl cert %s <<\\n" "$2"; cat "$2"; echo; } | ask "$1") || exit;',
  'case $answer in',
  '*"not referenced"*) exec systemctl reload haproxy;;',
  '*"Transaction created"* | *"Transaction updated"*) ;;',
  '*) printf "%s\\n" "$answer" >&2; exit 1;;',
  'esac;',
  'answer=$(echo "commit ssl cert $2" | ask "$1") || exit;',
  'case $answer in *Success*) exit 0;; esac;',
  'echo "abort ssl cert $2" | ask "$1" >/dev/null;',
  'printf "%s\\n" "$answer" >&2; exit 1',
].join(' ');

export const haproxy: Recipe = {
  id: 'haproxy',
  name: 'HAProxy',
  description:
    'Installs certificate and key for HAProxy in one file, checks the configuration and reloads it, or passes the certificate to the runtime API without a reload. Name the file in crt of the bind line.',
  reader: 'root',
  restart: 'systemctl restart haproxy',
  fields: [
    {
      name: 'certificate',
      label: 'Certificate file',
      help: 'The path in crt of the bind line, as HAProxy has loaded it, not relative to its chroot. It receives private key, certificate and intermediates.',
      required: true,
      default: '/etc/haproxy/certdesk/{domain}.pem',
    },
    {
      name: 'socket',
      label: 'Runtime API socket',
      help: 'The path of a stats socket with level admin, such as /run/haproxy/admin.sock, to load the certificate without a reload. The host needs socat. Leave it empty to reload.',
      required: false,
      default: '',
    },
    portField('HTTPS port', '443'),
  ],
  build: ({ certificate = '', socket = '' }) => ({
    files: [{ content: 'combined', path: certificate }],
    steps: {
      validateCommand: ['haproxy', '-c', '-q', '-f', '/etc/haproxy/haproxy.cfg'],
      reloadCommand: socket === '' ? RELOAD : ['sh', '-c', UPDATE, 'sh', socket, certificate],
    },
  }),
};
