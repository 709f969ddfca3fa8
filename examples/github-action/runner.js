// What GitHub's runner offers to an action, without a dependency. See
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
'use strict';
const { appendFileSync } = require('node:fs');
const { randomUUID } = require('node:crypto');
const { EOL } = require('node:os');

/** input returns an input's text, empty if it was not given. */
function input(name) {
  return (process.env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim();
}

/** escape makes text safe in a workflow command. */
function escape(text) {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** mask keeps a text out of the log, and each of its lines. */
function mask(secret) {
  for (const line of secret.split(/\r?\n/)) {
    if (line !== '') process.stdout.write(`::add-mask::${escape(line)}${EOL}`);
  }
}

/** warn and fail tell of something in the job's summary; fail ends the step as failed. */
function warn(message) {
  process.stdout.write(`::warning::${escape(message)}${EOL}`);
}

function fail(message, status) {
  process.stdout.write(`::error::${escape(message)}${EOL}`);
  process.exitCode = status;
}

/** write appends a name and its value to one of the runner's files. */
function write(variable, name, value) {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} is not set; this is no GitHub runner`);
  const delimiter = `end-${randomUUID()}`; // which no value can hold by chance
  appendFileSync(path, `${name}<<${delimiter}${EOL}${value}${EOL}${delimiter}${EOL}`);
}

module.exports = { input, mask, warn, fail, write };
