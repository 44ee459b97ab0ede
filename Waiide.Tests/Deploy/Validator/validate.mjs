// Answers each line of its input, a JSON text, with a line: the list of what is wrong with it. Its modules are those of the folder that is its argument.
//   {"kubernetes": {"apiVersion": ..., "kind": ..., ...}}            an object of Kubernetes: wrong types, what is missing, what no API server knows
//   {"schema": {...}, "document": {...}}                             a document by a JSON schema of 2019-09
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const from = file => import(pathToFileURL(path.resolve(process.argv[2], 'node_modules', file)));
const { Ajv2019 } = await from('ajv/dist/2019.js');
// The generated types alone: the rest of the client needs a newer Node.js.
const { ObjectSerializer } = await from('@kubernetes/client-node/dist/gen/models/ObjectSerializer.js');
const compiled = new Map();

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { kubernetes, schema, document } = JSON.parse(line);
  console.log(JSON.stringify(kubernetes ? await ofKubernetes(kubernetes) : await bySchema(schema, document)));
}

/** Fields can be looked for where the types are right. */
async function ofKubernetes(object) {
  const wrong = await typesOf(object);
  return wrong.length > 0 ? wrong : unknownIn(object);
}

/** What the model of its kind says: types, and what must be there. */
async function typesOf({ apiVersion, kind, ...rest }) {
  const model = await from(`kubernetes-models/${apiVersion}/${kind}.js`).catch(error => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') {
      throw error;
    }
  });
  if (!model) {
    return [`${apiVersion} has no kind ${kind}`];
  }

  try {
    new model[kind](rest).validate();
    return [];
  } catch (error) {
    return error.message.split('\n');
  }
}

/** What is lost on the way through the types of the API, which pass over fields that they do not know. */
function unknownIn(object) {
  const [version] = object.apiVersion.split('/').slice(-1);
  const type = version[0].toUpperCase() + version.slice(1) + object.kind;
  const known = ObjectSerializer.deserialize(object, type);
  return known === object ? [`the API's types have no ${type}`] : lost(object, ObjectSerializer.serialize(known, type), '');
}

function lost(given, kept, where) {
  if (given === null || typeof given !== 'object') {
    return [];
  }

  return Object.keys(given).flatMap(key => kept?.[key] === undefined ? [`unknown field ${where}/${key}`] : lost(given[key], kept[key], `${where}/${key}`));
}

async function bySchema(schema, document) {
  const key = schema.$id;
  if (!compiled.has(key)) {
    // What it refers to elsewhere is for services that are none of ours: whoever uses them is refused.
    const ajv = new Ajv2019({ allErrors: true, strict: false, validateFormats: false, loadSchema: async id => ({ $id: id, not: {} }) });
    compiled.set(key, await ajv.compileAsync(schema));
  }

  const validate = compiled.get(key);
  return validate(document) ? [] : validate.errors.map(error => `${error.instancePath || '/'} ${error.message}`);
}
