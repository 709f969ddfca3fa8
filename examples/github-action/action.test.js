// Runs the action as a runner would, against a stand-in server.
'use strict';
const test = require('node:test');
const assert = require('node:assert');
const { execFileSync, spawn, spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { join } = require('node:path');
const { tmpdir } = require('node:os');

const clientID = '5b2ddf3c-65f0-4c8e-9a55-3f4f6c6fd0a1';
const clientSecret = 'a-client-secret-for-show';
const dir = mkdtempSync(join(tmpdir(), 'action-'));
const program = join(dir, 'infisical-login');
let domain, standin;

test.before(async () => {
  const top = join(__dirname, '..', '..');
  execFileSync('go', ['build', '-tags', 'grpcnotrace', '-o', program, '.'], { cwd: top });
  execFileSync('go', ['build', '-o', join(dir, 'standin'), './examples/compose/standin'], { cwd: top });
  writeFileSync(join(dir, 'secret'), clientSecret);
  standin = spawn(join(dir, 'standin'), ['-address=127.0.0.1:0', `-client-id=${clientID}`, `-client-secret-path=${join(dir, 'secret')}`]);
  const line = await new Promise((resolve) => standin.stdout.once('data', (data) => resolve(data.toString())));
  domain = `http://${line.trim().split(' ').at(-1)}`;
});

test.after(() => {
  standin.kill();
  rmSync(dir, { recursive: true });
});

/** runner makes the files of a runner, and its way to run a script with inputs. */
function runner() {
  const home = mkdtempSync(join(dir, 'runner-'));
  const files = {};
  for (const name of ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE']) {
    files[name] = join(home, name);
    writeFileSync(files[name], '');
  }
  const read = (name) => {
    const entries = {};
    for (const [, key, , value] of readFileSync(files[name], 'utf8').matchAll(/^(.+?)<<(.+)\n([\s\S]*?)\n\2$/gm)) entries[key] = value;
    return entries;
  };
  const script = async (name, inputs, more = {}) => {
    const env = { PATH: process.env.PATH, RUNNER_TEMP: home, ...files, ...more };
    for (const [key, value] of Object.entries(inputs)) env[`INPUT_${key.toUpperCase()}`] = value;
    const child = spawn(process.execPath, [join(__dirname, name)], { env });
    let stdout = '', stderr = '';
    child.stdout.on('data', (data) => { stdout += data; });
    child.stderr.on('data', (data) => { stderr += data; });
    const status = await new Promise((resolve) => child.once('close', resolve));
    return { status, stdout, stderr };
  };
  return { read, script };
}

const inputs = () => ({ program, domain, 'client-id': clientID, 'client-secret': clientSecret });
const alive = (token) => spawnSync(program, ['login', 'status'], { env: { INFISICAL_DOMAIN: domain, INFISICAL_TOKEN: token } }).status;

test('secrets are masked before anything else, and outputs are token and expiry', async () => {
  const { read, script } = runner();
  const { status, stdout, stderr } = await script('main.js', inputs());
  assert.strictEqual(status, 0, stderr);
  const { token, 'expires-at': expiry } = read('GITHUB_OUTPUT');
  assert.deepStrictEqual(stdout.trim().split('\n'), [`::add-mask::${clientSecret}`, `::add-mask::${token}`]);
  assert.ok(!stderr.includes(token) && !stderr.includes(clientSecret));
  assert.ok(Date.parse(expiry) > Date.now());
  assert.strictEqual(read('GITHUB_ENV').INFISICAL_TOKEN, token);
  assert.strictEqual(alive(token), 0);
});

test('the post step revokes the token', async () => {
  const { read, script } = runner();
  await script('main.js', inputs());
  const state = read('GITHUB_STATE');
  const { status, stdout } = await script('post.js', {}, Object.fromEntries(Object.entries(state).map(([k, v]) => [`STATE_${k}`, v])));
  assert.strictEqual(status, 0);
  assert.strictEqual(stdout, '');
  assert.strictEqual(alive(state.token), 77);
});

test('a token that cannot be revoked is a warning', async () => {
  const { script } = runner();
  const { status, stdout } = await script('post.js', {}, { STATE_program: program, STATE_token: 'eyJhbGciOiJIUzI1NiJ9.e30.x', STATE_domain: 'http://127.0.0.1:1', INFISICAL_RETRY_MAX_RETRIES: '0' });
  assert.strictEqual(status, 0);
  assert.match(stdout, /^::warning::the Infisical token could not be revoked/);
});

test('nothing is exported or kept for the post step if that is not wanted', async () => {
  const { read, script } = runner();
  const { status } = await script('main.js', { ...inputs(), export: 'false', revoke: 'false' });
  assert.strictEqual(status, 0);
  assert.deepStrictEqual([read('GITHUB_ENV'), read('GITHUB_STATE')], [{}, {}]);
});

test('a refused login has its status, and hands over nothing', async () => {
  const { read, script } = runner();
  const { status, stdout } = await script('main.js', { ...inputs(), 'client-secret': 'wrong' });
  assert.strictEqual(status, 77);
  assert.match(stdout, /::error::infisical-login ended with status 77/);
  assert.deepStrictEqual(read('GITHUB_OUTPUT'), {});
});

test('a download has to have the sum that was told', async () => {
  const content = readFileSync(program);
  const server = createServer((_, answer) => answer.end(content));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/infisical-login`;
  const sum = createHash('sha256').update(content).digest('hex');
  const { script } = runner();
  const good = await script('main.js', { ...inputs(), program: '', 'program-url': url, 'program-sha256': sum });
  assert.strictEqual(good.status, 0, good.stdout);
  const bad = await script('main.js', { ...inputs(), program: '', 'program-url': url, 'program-sha256': sum.replace(/^../, '00') });
  assert.strictEqual(bad.status, 1);
  const none = await script('main.js', { ...inputs(), program: '', 'program-url': url });
  assert.match(none.stdout, /needs program-sha256/);
  server.close();
});
