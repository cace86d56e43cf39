// Notes what the application hands to the system, and keeps it from being shown: over the real Electron (loaded by
// `-r`) and over the stand-in alike. Specs read it as globalThis.certdeskRecord.
'use strict';

/** @param {typeof import('electron')} electron */
function install(electron) {
  const record = {
    trays: [],
    notifications: [],
    dialogs: [],
    answers: [],
    /** Dialogs that ask for a fresh proof: specs that are about something else have them allowed. */
    confirmations: [],
    confirmationAnswers: [],
    opened: [],
    shownFiles: [],
    errorBoxes: [],
    login: [],
  };
  globalThis.certdeskRecord = record;

  const { Tray, Notification, dialog, shell, app } = electron;
  const note = (tray, part) => {
    const known = record.trays.find((each) => each.tray === tray);
    if (known === undefined) record.trays.push({ tray, ...part });
    else Object.assign(known, part);
  };
  const wrap = (prototype, name, before) => {
    const original = prototype[name];
    prototype[name] = function wrapped(...args) {
      before(this, ...args);
      return original.apply(this, args);
    };
  };
  wrap(Tray.prototype, 'setImage', (tray, image) => note(tray, { image: String(image?.path ?? image) }));
  wrap(Tray.prototype, 'setToolTip', (tray, toolTip) => note(tray, { toolTip }));
  wrap(Tray.prototype, 'setContextMenu', (tray, menu) => note(tray, { menu }));
  Notification.prototype.show = function show() {
    record.notifications.push(this);
  };
  dialog.showMessageBox = async (...args) => {
    const question = args.at(-1);
    const isConfirmation = question.message === 'Allow this action?';
    (isConfirmation ? record.confirmations : record.dialogs).push(question);
    const answers = isConfirmation ? record.confirmationAnswers : record.answers;
    return { response: answers.shift() ?? 0, checkboxChecked: false };
  };
  dialog.showErrorBox = (title, content) => {
    record.errorBoxes.push({ title, content });
    process.stderr.write(`error box: ${title}: ${content}\n`);
  };
  shell.openExternal = async (url) => {
    record.opened.push(url);
  };
  shell.showItemInFolder = (path) => {
    record.shownFiles.push(path);
  };
  const setLogin = app.setLoginItemSettings.bind(app);
  app.setLoginItemSettings = (settings) => {
    record.login.push(settings);
    if (process.env.E2E_ELECTRON !== 'real') setLogin(settings); // a test must not change this machine's login
  };
}

module.exports = { install };
if (process.versions.electron !== undefined) install(require('electron'));
