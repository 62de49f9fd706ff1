// Decides which modules share a file. Each file that is read costs a tenth of a millisecond and more, whatever is in
// it, and each module of its own costs a login a hundred of them; all in one would make every command load what only
// a login needs. So the modules of a login and of a refresh are put together by which of them need a module, and
// whether other commands do; the bundler decides about all other modules.
import { basename, join } from 'node:path';

/** What each family loads in any case, also where it is loaded late. */
const families = {
  start: ['../package.json', 'adapters/signals.ts', 'commands/journal.ts', 'entry/system-context.ts'],
  login: [
    'commands/login.ts',
    'commands/login/run-login.ts',
    'settings/settle-login.ts',
    'sessions/save-session.ts',
    'adapters/private-files.ts',
    'adapters/http-client.ts',
    'adapters/callback-listener.ts',
  ],
  // Loaded while the server and the user take their time.
  answer: ['flows/complete-login.ts', 'commands/login/success-facts.ts', 'commands/login/conclude-login.ts'],
  refresh: ['entry/quick-refresh.ts', 'adapters/private-files.ts', 'adapters/http-client.ts'],
};

/** Names the file of a module after the families that need it; null leaves it to the bundler. */
export function fileByFamily(sources) {
  let owners;
  return (id, graph) => {
    owners ??= findOwners(sources, graph);
    const names = owners.get(id);
    // Large dependencies have files of their own, in which short-names.mjs shortens the names.
    const dependency = /[\\/]node_modules[\\/](undici|commander|chalk|js-yaml)[\\/]/.exec(id)?.[1];
    if (dependency !== undefined) return dependency;
    // A diagnosis takes all of its room.
    if (/[\\/](?:diagnosis[\\/]|diagnose-failure|explain-challenge)/.test(id)) return 'diagnosis';
    // A protected resource is asked, judged and called together.
    if (
      /[\\/](?:(?:aim-at|call|discover|protected)-resource|resource-section|signed-metadata|call-mcp)\.ts$/.test(
        id,
      )
    )
      return 'resource';
    if (names === undefined) return commandOf(sources, graph, id);
    if (names.has('start')) return 'used-by-all';
    return names.size === 1 && names.has('refresh') ? null : `used-by-${[...names].join('-')}`;
  };
}

/** The one command that needs a module: its definition, what runs it and what that loads late share a file. */
function commandOf(sources, graph, id) {
  const table = join(sources, 'commands/command-table.ts');
  // The faults of a server make keys when they are loaded: only a run that serves one has to wait for that.
  if (id === table || !id.startsWith(sources) || id.includes(join('idp', 'misbehaviours'))) return null;
  const commands = new Set();
  const seen = new Set([id]);
  for (const module of seen) {
    const { importers = [], dynamicImporters = [] } = graph.getModuleInfo(module) ?? {};
    const above = [...importers, ...dynamicImporters];
    if (above.length === 0) return null;
    if (above.includes(table)) commands.add(module);
    else for (const importer of above) seen.add(importer);
    if (commands.size > 1) return null;
  }
  const [command] = commands;
  return command === undefined ? null : basename(command, '.ts');
}

/** The families of each module. A module belongs to no fewer families than its importers, so that no circle can arise. */
function findOwners(sources, graph) {
  const owners = new Map();
  const claim = (id, family) => {
    const names = owners.get(id) ?? new Set();
    // The answer waits until all of the login is loaded.
    if (names.has(family) || (family === 'answer' && names.has('login'))) return;
    owners.set(id, names.add(family));
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) claim(imported, family);
  };
  for (const [family, roots] of Object.entries(families)) {
    for (const root of roots) {
      const id = join(sources, root);
      if (graph.getModuleInfo(id) === null) throw new Error(`There is no ${root} any more.`);
      claim(id, family);
    }
  }
  const owned = new Set(owners.keys());
  for (const id of owned) {
    const { importers = [] } = graph.getModuleInfo(id) ?? {};
    if (importers.some((importer) => !owned.has(importer))) claim(id, 'others');
  }
  return owners;
}

/** Names a file after the package that most of its modules are from; undefined when it holds modules of our own. */
export function packageOf(moduleIds) {
  const packages = moduleIds.map((id) => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1]);
  if (packages.includes(undefined)) return undefined;
  const count = (name) => packages.filter((other) => other === name).length;
  return packages
    .toSorted((a, b) => count(b) - count(a))[0]
    ?.replace(/^@/, '')
    .replace(/[\\/]/, '-');
}
