#!/usr/bin/env node
// Compresses what browsers load of VS Code, as the gateway would do it later and not as well:  node deploy/compress-assets.mjs IDE FOLDER
// IDE is what ide/provision.mjs prints. FOLDER is for WAIIDE_ASSET_CACHE: <sha256>.br for each file, and a list of them for the gateway (docs/decisions/0019-kept-files.md).
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompress, constants } from 'node:zlib';
import { promisify } from 'node:util';

const [tree, folder] = process.argv.slice(2);
if (!tree || !folder) {
    console.error('Usage: node deploy/compress-assets.mjs IDE FOLDER');
    process.exit(2);
}

const root = join(tree, 'node_modules/code-server/lib/vscode');
const { commit, quality } = JSON.parse(readFileSync(join(root, 'product.json'), 'utf8'));
const shortest = 512;

// What a browser asks for when it opens VS Code for the first time, edits and looks for text; a test in a browser holds this list against what it did ask for.
const wanted = [
    'node_modules/vscode-oniguruma/release/main.js',
    'node_modules/vscode-oniguruma/release/onig.wasm',
    'node_modules/vscode-textmate/release/main.js',
    'out/media/codicon.ttf',
    'out/media/letterpress-dark.svg',
    'out/media/letterpress-light.svg',
    'out/nls.messages.js',
    'out/vs/code/browser/workbench/workbench.css',
    'out/vs/code/browser/workbench/workbench.js',
    'out/vs/editor/common/services/editorWebWorkerMain.js',
    'out/vs/workbench/api/worker/extensionHostWorkerMain.js',
    'out/vs/workbench/contrib/notebook/common/services/notebookWebWorkerMain.js',
    'out/vs/workbench/contrib/output/common/outputLinkComputerMain.js',
    'out/vs/workbench/services/keybinding/browser/keyboardLayouts/layout.contribution.darwin.js',
    'out/vs/workbench/services/keybinding/browser/keyboardLayouts/layout.contribution.linux.js',
    'out/vs/workbench/services/keybinding/browser/keyboardLayouts/layout.contribution.win.js',
    'out/vs/workbench/services/languageDetection/browser/languageDetectionWebWorkerMain.js',
    'out/vs/workbench/services/search/worker/localFileSearchMain.js',
    'out/vs/workbench/services/textMate/browser/backgroundTokenization/worker/textMateTokenizationWorker.workerMain.js',
];

const files = wanted
    .map(path => ({ path, content: readFileSync(join(root, path)) }))
    .filter(file => file.content.length >= shortest)
    .sort((one, other) => other.content.length - one.content.length);

const compress = promisify(brotliCompress);
// Whatever the umask: the gateway does not use what a group can write to.
mkdirSync(folder, { recursive: true, mode: 0o755 });

// Beside it first: a gateway may be serving the one of that name.
const write = (name, content) => {
    const draft = join(folder, `${name}.part`);
    writeFileSync(draft, content, { mode: 0o644 });
    renameSync(draft, join(folder, name));
};

// All at once: the thread pool of Node.js takes four at a time.
const lines = await Promise.all(files.map(async ({ path, content }) => {
    const small = await compress(content, {
        params: {
            [constants.BROTLI_PARAM_QUALITY]: 10,
            [constants.BROTLI_PARAM_LGWIN]: 24,
            [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
        },
    });
    if (small.length > content.length * 0.9) {
        return null;
    }

    const hash = createHash('sha256').update(content).digest('hex');
    write(`${hash}.br`, small);
    return `${path}\t${hash}\n`;
}));

const kept = lines.filter(line => line !== null);
write(`${quality ?? 'stable'}-${commit}.list`, kept.sort().join(''));
console.error(`${kept.length} of ${files.length} files are compressed in ${folder}.`);
