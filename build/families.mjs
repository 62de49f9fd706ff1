// Decides which modules share a file. Each file that is read costs a tenth of a millisecond and more, whatever is in
// it, and each module of its own costs a login a hundred of them; all in one would make every command load what only
// a login needs. So the modules on the way of a login and of a refresh are put together by who else needs them.
import { join } from 'node:path';

/** What the commands that are alike load in any case, also where they load it late. */
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
  // Loaded while the server and the person take their time.
  answer: ['flows/complete-login.ts', 'commands/login/conclude-login.ts'],
  renewal: ['entry/quick-refresh.ts', 'adapters/private-files.ts', 'adapters/http-client.ts'],
  requests: [
    'commands/discover.ts',
    'commands/discover/run-discover.ts',
    'commands/doctor.ts',
    'commands/doctor/run-doctor.ts',
    'commands/introspect.ts',
    'commands/logout.ts',
    'commands/refresh.ts',
    'commands/request.ts',
    'commands/revoke.ts',
    'commands/session/run-logout.ts',
    'commands/session/run-refresh.ts',
    'commands/use/manage-token.ts',
    'commands/use/run-request.ts',
    'commands/use/run-userinfo.ts',
    'commands/userinfo.ts',
  ],
  store: [
    'commands/complete.ts',
    'commands/exec.ts',
    'commands/profile.ts',
    'commands/profile/show.ts',
    'commands/session.ts',
    'commands/session/run-session.ts',
    'commands/session/run-token.ts',
    'commands/token.ts',
  ],
  reading: [
    'commands/debug.ts',
    'commands/debug/run-debug.ts',
    'commands/decode.ts',
    'commands/decode/run-decode.ts',
    'commands/demo.ts',
    'commands/diff.ts',
    'commands/idp.ts',
    'commands/report.ts',
    'commands/report/run-diff.ts',
    'commands/report/run-report.ts',
  ],
};

/** Names the file of a module after the families that need it; all other modules are left to the bundler. */
export function fileByFamily(sources) {
  let owners;
  return (id, graph) => {
    owners ??= findOwners(sources, graph);
    const names = owners.get(id) ?? [];
    if (names.includes('start')) return 'start';
    const isOften = names.some((name) => name === 'login' || name === 'answer');
    return isOften || (names.includes('renewal') && names.length > 1) ? names.join('-') : null;
  };
}

/** The families of each module. Whoever imports a module belongs to no other families, so that no circle can arise. */
function findOwners(sources, graph) {
  const owners = new Map();
  const claim = (id, family) => {
    const names = owners.get(id) ?? [];
    // Whoever waits for the answer has loaded what comes before it.
    if (names.includes(family) || (family === 'answer' && names.includes('login'))) return;
    owners.set(id, [...names, family]);
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) claim(imported, family);
  };
  for (const [family, roots] of Object.entries(families)) {
    for (const root of roots) {
      const id = join(sources, root);
      if (graph.getModuleInfo(id) === null) throw new Error(`There is no ${root} any more.`);
      claim(id, family);
    }
  }
  return owners;
}
