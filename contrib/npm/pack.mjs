#!/usr/bin/env node
// node contrib/npm/pack.mjs FOLDER OUT: makes npm's packages from the archives of
// a release in FOLDER: one for each system, with its binary, and hermes-tui,
// which starts the one that fits.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const [folder, out] = process.argv.slice(2);
if (!folder || !out) {
  console.error('usage: node contrib/npm/pack.mjs FOLDER OUT');
  process.exit(2);
}

// what Go calls a system, as Node does
const platforms = { linux: 'linux', darwin: 'darwin', windows: 'win32', freebsd: 'freebsd' };
const archs = { amd64: 'x64', arm64: 'arm64', 386: 'ia32', armv7: 'arm' };

const main = JSON.parse(fs.readFileSync(path.join(here, 'package.json'), 'utf8'));
const top = fs.mkdtempSync(path.join(os.tmpdir(), 'hermes-tui-npm-'));
process.on('exit', () => fs.rmSync(top, { recursive: true, force: true }));
fs.mkdirSync(out, { recursive: true });

function pack(dir, manifest) {
  fs.writeFileSync(path.join(dir, 'package.json'), JSON.stringify(manifest, null, 2) + '\n');
  execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', path.resolve(out), dir], { stdio: ['ignore', 'inherit', 'inherit'] });
}

const found = fs.readdirSync(folder).sort().flatMap((name) => {
  const m = /^hermes-tui_(.+)_(linux|darwin|windows|freebsd)_(amd64|arm64|386|armv7)\.(tar\.gz|zip)$/.exec(name);
  return m ? [{ name, version: m[1], platform: platforms[m[2]], arch: archs[m[3]] }] : [];
});
if (found.length === 0 || found.some((one) => one.version !== found[0].version)) {
  console.error(`${folder} has not the archives of one release`);
  process.exit(1);
}

main.version = found[0].version;
main.optionalDependencies = {};
for (const { name, version, platform, arch } of found) {
  const id = `@hermes-tui/${platform}-${arch}`;
  const dir = path.join(top, `${platform}-${arch}`);
  const file = platform === 'win32' ? 'hermes-tui.exe' : 'hermes-tui';
  fs.mkdirSync(dir);
  const archive = path.resolve(folder, name);
  if (name.endsWith('.zip')) execFileSync('unzip', ['-q', archive, file, 'LICENSE', '-d', dir]);
  else execFileSync('tar', ['-xzf', archive, '-C', dir, file, 'LICENSE']);
  fs.chmodSync(path.join(dir, file), 0o755);
  pack(dir, {
    name: id,
    version,
    description: `${main.name} for ${platform} on ${arch}`,
    license: main.license,
    homepage: main.homepage,
    repository: main.repository,
    os: [platform],
    cpu: [arch],
    files: [file, 'LICENSE'],
    preferUnplugged: true,
  });
  main.optionalDependencies[id] = version;
}

const dir = path.join(top, 'main');
fs.mkdirSync(dir);
for (const file of ['hermes-tui.js', '../../LICENSE']) fs.copyFileSync(path.join(here, file), path.join(dir, path.basename(file)));
fs.copyFileSync(path.join(here, 'README.md'), path.join(dir, 'README.md'));
pack(dir, main);
