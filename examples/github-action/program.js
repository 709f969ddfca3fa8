// Finds, or downloads, infisical-login and runs it.
'use strict';
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { mkdtempSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { tmpdir } = require('node:os');
const { input } = require('./runner.js');

/** find returns the program's path, or the name by which the PATH has it. */
async function find() {
  const url = input('program-url');
  if (url === '') return input('program') || 'infisical-login';
  const wanted = input('program-sha256').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(wanted)) throw new Error('program-url needs program-sha256, 64 hexadecimal digits');
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`program-url answered with status ${answer.status}`);
  const content = Buffer.from(await answer.arrayBuffer());
  const sum = createHash('sha256').update(content).digest('hex');
  if (sum !== wanted) throw new Error(`what program-url holds has the SHA-256 ${sum}, not ${wanted}`);
  const name = process.platform === 'win32' ? 'infisical-login.exe' : 'infisical-login';
  const path = join(mkdtempSync(join(process.env.RUNNER_TEMP || tmpdir(), 'infisical-login-')), name);
  writeFileSync(path, content, { mode: 0o755 });
  return path;
}

/** run runs the program. Its standard error is the step's log; its standard output is returned. */
function run(program, args, env, log = 'inherit') {
  const done = spawnSync(program, args, { env, stdio: ['ignore', 'pipe', log], maxBuffer: 4 << 20 });
  if (done.error) throw new Error(`${program} cannot be run: ${done.error.message}; install it, or set program-url`);
  return { status: done.status ?? 128, stdout: done.stdout.toString() };
}

/** settings returns the program's settings, each with name, flag and secret. */
function settings(program) {
  const { stdout } = run(program, ['settings', '--json'], {}, 'ignore');
  return JSON.parse(stdout).settings;
}

module.exports = { find, run, settings };
