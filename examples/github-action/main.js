// The action's step: inputs are the settings, named as the flags.
'use strict';
const { input, mask, fail, write } = require('./runner.js');
const { find, run, settings } = require('./program.js');

async function main() {
  const program = await find();
  const env = { ...process.env };
  for (const { name, flag, secret } of settings(program)) {
    const value = flag === '' ? '' : input(flag);
    if (value === '') continue;
    if (secret) mask(value);
    env[name] = value;
  }
  const variable = env.INFISICAL_LOGIN_TOKEN_VARIABLE || 'INFISICAL_TOKEN';
  Object.assign(env, { INFISICAL_LOGIN_OUTPUT: 'stdout', INFISICAL_LOGIN_FORMAT: 'json' });
  const { status, stdout } = run(program, ['login'], env);
  if (status !== 0) return fail(`infisical-login ended with status ${status}; its message is above`, status);
  const { accessToken, expiresAt, domain } = JSON.parse(stdout);
  mask(accessToken); // before anything can print it
  write('GITHUB_OUTPUT', 'token', accessToken);
  write('GITHUB_OUTPUT', 'expires-at', expiresAt ?? '');
  if (input('export') !== 'false') write('GITHUB_ENV', variable, accessToken);
  if (input('revoke') === 'false') return;
  for (const [name, value] of Object.entries({ program, token: accessToken, domain })) write('GITHUB_STATE', name, value);
}

main().catch((error) => fail(error.message, 1));
