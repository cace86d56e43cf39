// django-ca, https://django-ca.readthedocs.io/: an order that is read again has no `finalize`.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { makeTls } from '../../../test/support/acme/tls.ts';
import { TCP } from '../../../test/support/tools/ports.ts';
import { checkAcmeServer } from '../acme.ts';
import { startNames } from '../names.ts';
import { definePeer } from '../peer.ts';
import { startPeer, takePorts } from '../process.ts';

const VERSION = '3.2.0';
const SERVE = resolve(import.meta.dirname, '../python/serve.py');

const settings = (folder: string, port: number): string => `
SECRET_KEY = "interop"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
ROOT_URLCONF = "urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "django_object_actions",
    "django_ca",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]
DATABASES = {"default": {
    "ENGINE": "django.db.backends.sqlite3", "NAME": "${folder}/db.sqlite3", "OPTIONS": {"timeout": 30, "transaction_mode": "IMMEDIATE"},
}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": "${folder}/files"}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "django-ca": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": "${folder}/ca"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CA_DEFAULT_HOSTNAME = "127.0.0.1:${port}"
CA_USE_CELERY = False
`;
const URLS = `
from django.urls import include, path
urlpatterns = [path("django_ca/", include("django_ca.urls"))]
`;
const APPLICATION = `
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
`;

export const djangoCa = definePeer({
  name: 'django-ca',
  source: 'PyPI django-ca',
  install: async ({ python }) => ({
    version: VERSION,
    venv: await python('django-ca', [`django-ca==${VERSION}`, 'dnspython==2.9.2', 'setuptools==65.5.0']),
  }),
  async run({ venv }, bench) {
    const { folder } = bench;
    const bind = await startNames(bench);
    const { rootPem, certPath, keyPath } = await makeTls(folder);
    const [port = 0] = await takePorts(bench, [TCP]);
    writeFileSync(join(folder, 'settings.py'), settings(folder, port));
    writeFileSync(join(folder, 'urls.py'), URLS);
    writeFileSync(join(folder, 'application.py'), APPLICATION);
    const program = join(venv, 'bin/python3');
    const env = { PYTHONPATH: folder, DJANGO_SETTINGS_MODULE: 'settings' };
    const manage = (...args: readonly string[]) =>
      promisify(execFile)(program, ['-m', 'django', ...args], {
        ...{ env: { ...process.env, ...env }, cwd: folder, timeout: 200_000 },
      });
    await manage('migrate');
    await manage('init_ca', '--acme-enable', '--path-length=0', 'interop', 'CN=Interop root');
    const args = [SERVE, 'application:application', String(port), certPath, keyPath, String(bind.port)];
    await startPeer(bench, { program, args, env, port });
    const directoryUrl = `https://127.0.0.1:${port}/django_ca/acme/directory/`;
    await checkAcmeServer(bench, { directoryUrl, rootPem, bind, failure: /gave no reason/ });
  },
});
