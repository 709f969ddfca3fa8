// The action's end of the job: the token is revoked. The job's outcome does not
// depend on it.
'use strict';
const { warn } = require('./runner.js');
const { run } = require('./program.js');

const { STATE_program: program, STATE_token: token, STATE_domain: domain } = process.env;
if (token) {
  try {
    const env = { ...process.env, INFISICAL_TOKEN: token, INFISICAL_DOMAIN: domain };
    for (const name of Object.keys(env)) {
      if (name === 'STATE_token' || name === 'INFISICAL_TOKEN_FILE' || name === 'INFISICAL_LOGIN_TOKEN_PATH') delete env[name];
    }
    const { status } = run(program, ['token', 'revoke'], env);
    if (status !== 0) warn(`the Infisical token could not be revoked (status ${status}); it lives until it expires`);
  } catch (error) {
    warn(`the Infisical token could not be revoked: ${error.message}`);
  }
}
