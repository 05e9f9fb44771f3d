// Reads AsyncAPI documents with the official parser; an error in one of them ends the run with 1.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Parser } from '@asyncapi/parser';

const ERROR = 0;
const parser = new Parser();
let wrong = 0;
for (const file of process.argv.slice(2)) {
  const { document, diagnostics } = await parser.parse(readFileSync(file, 'utf8'));
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === ERROR);
  const channels = document?.allChannels().length ?? 0;
  console.log(`${basename(file)}: ${errors.length} errors, ${channels} channels`);
  for (const { code, path, message } of errors) console.log(`  ${code} at ${path.join('.')}: ${message}`);
  if (errors.length > 0 || channels === 0) wrong += 1;
}
if (process.argv.length === 2) throw new Error('no document');
process.exit(wrong > 0 ? 1 : 0);
