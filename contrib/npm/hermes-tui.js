#!/usr/bin/env node
// Starts the binary of this system, which lies in a package of its own: npm
// installs the one that fits, and nothing is fetched or run at installation.
'use strict';

const { spawn } = require('node:child_process');
const path = require('node:path');

const wanted = `@hermes-tui/${process.platform}-${process.arch}`;

function binary() {
  const name = process.platform === 'win32' ? 'hermes-tui.exe' : 'hermes-tui';
  try {
    return path.join(path.dirname(require.resolve(`${wanted}/package.json`)), name);
  } catch {
    return '';
  }
}

function fail(message, code) {
  process.stderr.write(`hermes-tui: ${message}\n`);
  process.exit(code);
}

const file = binary();
if (!file) {
  fail(`the package ${wanted} is not installed. npm leaves it out where there is no binary for the system, and with --omit=optional.`, 1);
}

const child = spawn(file, process.argv.slice(2), { stdio: 'inherit' });
child.on('error', (err) => fail(`${file} does not start: ${err.message}`, 1));

// A terminal sends Ctrl-C to both; whoever sends a signal to this one alone
// means the program.
for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    const typed = signal === 'SIGINT' || signal === 'SIGQUIT';
    if (!typed || !process.stdin.isTTY) child.kill(signal);
  });
}

child.on('exit', (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  } else {
    process.exit(code);
  }
});
