// Keeps parts of dependencies out of the bundle that they load at start and this program never uses.
import { readFile } from 'node:fs/promises';

const refusal = "() => { throw new Error('This is not in the bundle.'); }";
const neverUsed = [
  // HTTP/2 is switched off, and no fetch body is ever made.
  {
    files: /[\\/]undici[\\/]lib[\\/](?:dispatcher[\\/]client-h2|web[\\/]fetch[\\/]body)\.js$/,
    code: `module.exports = ${refusal};`,
  },
  // Nothing here listens to what it tells other programs in the process.
  {
    files: /[\\/]undici[\\/]lib[\\/]core[\\/]diagnostics\.js$/,
    code: 'module.exports = { channels: new Proxy({}, { get: () => ({ hasSubscribers: false }) }) };',
  },
  // These prompts are not used; that of an editor alone brings tables of every character set.
  {
    files: /[\\/]@inquirer[\\/](?:editor|expand|number|rawlist|search)[\\/]dist[\\/]index\.js$/,
    code: `export default ${refusal};`,
  },
  // The browser that opens a page is that of the system: its name is not asked for.
  {
    files: /[\\/]default-browser[\\/]index\.js$/,
    code: `export default ${refusal}; export const _windowsBrowserProgIdMap = new Map();`,
  },
  // It warns of deprecated calls, of which there are none here, by an eval that keeps every name of its file long.
  {
    files: /[\\/]depd[\\/]index\.js$/,
    code: 'module.exports = () => Object.assign(() => {}, { function: (same) => same, property: () => {} });',
  },
  // The embedded server tells what it does in another way.
  {
    files: /[\\/]debug[\\/]src[\\/]index\.js$/,
    code: 'module.exports = () => Object.assign(() => {}, { enabled: false });',
  },
  // Another version of each is in the bundle.
  {
    files: /[\\/]node_modules[\\/][^\\/]+[\\/]node_modules[\\/]mime-types[\\/]index\.js$/,
    code: "module.exports = require('../../../mime-types');",
  },
  {
    files: /[\\/]node_modules[\\/][^\\/]+[\\/]node_modules[\\/]http-errors[\\/]index\.js$/,
    code: "module.exports = require('../../../http-errors');",
  },
  // No answer of the embedded server is a stream, and none is asked about by its age.
  { files: /[\\/](?:destroy|fresh)[\\/]index\.js$/, code: `module.exports = ${refusal};` },
  // The embedded server sends no files, and looks at the media types that a client accepts alone.
  {
    files: /[\\/](?:content-disposition[\\/]index|negotiator[\\/]lib[\\/](?:charset|encoding|language))\.js$/,
    code: `module.exports = ${refusal};`,
  },
  // An assertion of koa is given the error to throw; more of it brings older copies of what is there.
  {
    files: /[\\/]http-assert[\\/]index\.js$/,
    code: 'module.exports = (value, error) => { if (!value) throw error; };',
  },
  // The reader of media types that type-is has does for koa too.
  {
    files: /[\\/]node_modules[\\/]content-type[\\/]index\.js$/,
    code: `const { parse } = require('../type-is/node_modules/content-type/dist/index.js');
exports.parse = ({ headers }) => parse(headers['content-type'] ?? '');`,
  },
  // The embedded server has keys and pages of its own.
  { files: ofProvider('consts/dev_keystore'), code: 'export default undefined;' },
  {
    files: ofProvider('actions/interaction'),
    code: `export const initialize = ${refusal}; export const render = [], submit = [], abort = [];`,
  },
  // These need functions and octets, which no options file holds: the library does not start with them.
  {
    files: ofProvider('actions/(?:challenge|credential|openid_credential_issuer)'),
    code: 'export default [];',
  },
  {
    files: ofProvider('helpers/check_attest_binding'),
    code: `export const checkAttestBinding = ${refusal};`,
  },
  {
    files: ofProvider('actions/grants/pre_authorized_code'),
    code: `export const gty = 'pre_authorized_code', handler = ${refusal};`,
  },
  {
    files: ofProvider('shared/attest_client_auth'),
    code: `export default ${refusal}; export const validateClientAttestationJwtAndPop = ${refusal};`,
  },
  // Help is laid out by src/output/render-help.ts, and near names are found by src/closest-name.ts.
  {
    files: /[\\/]commander[\\/]lib[\\/]help\.js$/,
    code: 'exports.Help = class { prepareContext() {} }; exports.stripColor = (text) => text;',
  },
  { files: /[\\/]commander[\\/]lib[\\/]suggestSimilar\.js$/, code: `exports.suggestSimilar = ${refusal};` },
];
/** Pages that are written out in the defaults of the embedded server, and advice to write others in their place. */
const defaultPages = ofProvider('helpers/defaults');
const page = /ctx\.body = `<!DOCTYPE html>[\s\S]*?<\/html>`|^ +(?:should|must)Change\('.*\);$/gm;
/** Of credentials it is told alone that this server does not issue them. */
const configuration = ofProvider('helpers/configuration');
const credentialSettings = /(?<=if \(!openid4vci\.enabled\) \{\s+return;\s+\})[\s\S]*?(?=\n {2}\}\n)/;
/** The embedded server names the types of its answers by these; the table of all others is larger than itself. */
const mimeTypes = /[\\/]mime-db[\\/]db\.json$/;
const servedTypes = [
  'application/json',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'text/html',
  'text/plain',
];
/** A module of oidc-provider, by its path. */
function ofProvider(path) {
  return new RegExp(`[\\\\/]oidc-provider[\\\\/]lib[\\\\/]${path.replaceAll('/', '[\\\\/]')}\\.js$`);
}

/** Of the names that the HTTP parser has, its errors and the types of messages are used. */
const parserNames = /[\\/]undici[\\/]lib[\\/]llhttp[\\/]constants\.js$/;
const usedNames = /^exports\.ERROR = \{[\s\S]*?(?=^exports\.FLAGS)/m;

/** Symbols of prompts, of which there are hundreds. */
const symbols = /[\\/]@inquirer[\\/]figures[\\/]dist[\\/]index\.js$/;
const unusedSymbol = /^ {4}(?!(?:circle|circleDouble|circleFilled|line|pointer|tick):)\w+: '[^']*',\n/gm;

/** Tags and schemas of YAML, most of which are never used: making one has no effect. */
const yaml = /[\\/]js-yaml[\\/]dist[\\/]js-yaml\.mjs$/;
const yamlDefinition = /^((?:const|var|let) \w+ = )(?=new Schema\(|define\w+Tag\(|\w+\.withTags\()/gm;

/** The bodies of requests are texts and octets. */
const http1 = /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client-h1\.js$/;
const otherBodies =
  /^(?:async )?function write(?:Stream|Blob|Iterable) [\s\S]*?^\}$|^class AsyncWriter \{[\s\S]*?^\}$/gm;

const commander = /[\\/]commander[\\/]lib[\\/]command\.js$/;
const startsPrograms =
  /const childProcess = require\('node:child_process'\);|^ {2}_executeSubCommand\(subcommand, args\) \{[\s\S]*?^ {2}\}$/gm;

/** A rolldown plugin. */
export const leaveOut = {
  name: 'leave-out',
  async load(id) {
    const replaced = neverUsed.find(({ files }) => files.test(id));
    if (replaced !== undefined) return replaced.code;
    if (mimeTypes.test(id)) {
      const all = JSON.parse(await readFile(id, 'utf8'));
      return JSON.stringify(Object.fromEntries(servedTypes.map((type) => [type, all[type]])));
    }
    if (symbols.test(id)) return (await readFile(id, 'utf8')).replace(unusedSymbol, '');
    if (yaml.test(id)) return (await readFile(id, 'utf8')).replace(yamlDefinition, '$1/* @__PURE__ */ ');
    if (defaultPages.test(id)) return (await readFile(id, 'utf8')).replace(page, '');
    if (configuration.test(id)) {
      const source = await readFile(id, 'utf8');
      if (!credentialSettings.test(source))
        throw new Error('oidc-provider checks the settings of credentials in another way now.');
      return source.replace(
        credentialSettings,
        "throw new TypeError('features.openid4vci is not in this server');",
      );
    }
    if (![commander, parserNames, http1].some((module) => module.test(id))) return null;
    const source = await readFile(id, 'utf8');
    if (http1.test(id)) {
      if (source.match(otherBodies)?.length !== 4)
        throw new Error('undici writes bodies in another way now.');
      const refused = `const writeStream = ${refusal}, writeBlob = writeStream, writeIterable = writeStream;`;
      return `${source.replace(otherBodies, '')}\n${refused}`;
    }
    if (parserNames.test(id)) {
      const [names] = usedNames.exec(source) ?? [];
      if (names === undefined) throw new Error('undici lists the names of its parser in another way now.');
      return names;
    }
    if (source.match(startsPrograms)?.length !== 2)
      throw new Error('commander starts programs in another way now.');
    // It does so for commands that are programs of their own, and this program has none of these.
    return source.replace(startsPrograms, '');
  },
};
