// Reads Kubernetes cron jobs by the schema of its API. Prints what is wrong with them, and ends with 1 if anything is.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
// The package shows its types, and not the schemas behind them.
import { validate } from './node_modules/kubernetes-models/_schemas/IoK8sApiBatchV1CronJob.mjs';

// A schema passes over keys that it does not know, but asks for every one that it does.
function watch(value, path, unasked) {
  if (value === null || typeof value !== 'object')
    return value;
  const watched = Array.isArray(value) ? [] : {};
  for (const key of Object.keys(value)) {
    watched[key] = watch(value[key], `${path}/${key}`, unasked);
    if (!Array.isArray(value))
      unasked.add(`${path}/${key}`);
  }
  return new Proxy(watched, {
    get(target, key) {
      unasked.delete(`${path}/${String(key)}`);
      return target[key];
    },
  });
}

const [file] = process.argv.slice(2);
const findings = [];
for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
  findings.push(...document.errors.map(({ message }) => message));
  const unasked = new Set();
  if (!validate(watch(document.toJS(), '', unasked)))
    findings.push(...validate.errors.map(({ instancePath, keyword, params }) => `${instancePath} ${keyword} ${JSON.stringify(params)}`));
  findings.push(...[...unasked].map(path => `${path} is not known`));
}
for (const finding of findings)
  console.log(`${file}: ${finding}`);
process.exitCode = findings.length > 0 ? 1 : 0;
