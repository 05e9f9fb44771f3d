// Checks manifests against the JSON Schema with the YAML language server: every file below the folders is accepted, and
// every change below makes an accepted file a refused one.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import * as module from 'yaml-language-server';

const [schemaFile, ...folders] = process.argv.slice(2);
const schema = readFileSync(schemaFile, 'utf8');
const uri = pathToFileURL(schemaFile).toString();
const { getLanguageService } = module.default ?? module;
const service = getLanguageService({
  schemaRequestService: async () => schema,
  workspaceContext: { resolveRelativePath: (path) => path },
});
service.configure({ validate: true, schemas: [{ uri, fileMatch: ['*'], schema: JSON.parse(schema) }] });

// A document has a version, because the server remembers those that it has read.
let version = 0;
const complaints = async (text) =>
  (await service.doValidation(TextDocument.create('file:///manifest.yaml', 'yaml', (version += 1), text), false))
    .map(({ message, range }) => `${range.start.line + 1}: ${message}`);

const files = folders.filter(existsSync).flatMap((folder) =>
  readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.yaml')).map((name) => join(folder, name)));
let wrong = 0;
for (const file of files) {
  for (const complaint of await complaints(readFileSync(file, 'utf8'))) {
    console.log(`${file}:${complaint}`);
    wrong += 1;
  }
}
console.log(`schema: ${files.length} files accepted but for ${wrong} complaints`);

const whole = readFileSync(join(folders[0], 'everything.yaml'), 'utf8');
const changes = [
  ['port: "12000"', 'port: 12000'],
  ['method: POST', 'method: [POST]'],
  ['conditions: build', 'conditions: 5'],
  ['dependencies:', 'dependencys:'],
  ['steps: 3', 'steps: many'],
  ['apiVersion: argoproj.io/v1alpha1\nkind: Sensor', 'apiVersion: v1\nkind: Sensor'],
  ['comparator: ">="', 'comparator: "=>"'],
  ['template: {name: log', 'template: {nam: log'],
];
for (const [before, after] of changes) {
  if (!whole.includes(before)) throw new Error(`everything.yaml has no ${before}`);
  if ((await complaints(whole.replace(before, after))).length === 0) {
    console.log(`schema: accepts ${after}`);
    wrong += 1;
  }
}
console.log(`schema: ${changes.length} changes tried`);
if (files.length === 0) throw new Error('no manifest');
process.exit(wrong > 0 ? 1 : 0);
