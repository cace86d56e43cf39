// Mosquitto 2: certfile and keyfile may name the same file. SIGHUP loads them again, as the user mosquitto
// (https://mosquitto.org/man/mosquitto-conf-5.html). It has no command that checks the configuration before 2.1.
import { pemFields, pemFiles, portField, type Recipe } from './recipe.ts';

export const mosquitto: Recipe = {
  id: 'mosquitto',
  name: 'Mosquitto',
  description:
    'Installs the certificate for Mosquitto 2 and reloads it. Name the file in certfile and keyfile of the listener.',
  reader: 'mosquitto',
  restart: 'systemctl restart mosquitto',
  fields: [
    ...pemFields({ certificate: 'certfile', key: 'keyfile' }, '/etc/mosquitto/certdesk'),
    portField('MQTT port with TLS', '8883'),
  ],
  build: ({ certificate = '', key = '' }) => ({
    files: pemFiles(certificate, key, 'mosquitto'),
    steps: { validateCommand: null, reloadCommand: ['systemctl', 'reload', 'mosquitto'] },
  }),
};
