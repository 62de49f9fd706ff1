import { fstatSync } from 'node:fs';
import { readRegularFile } from '../adapters/open-file.ts';
import { showsColor } from '../adapters/terminal.ts';
import { buildTokenDocument } from '../commands/login/login-document.ts';
import { parseKeepingNumbers } from '../json/parse-json-exactly.ts';
import { renderJson } from '../output/render-json.ts';
import {
  httpsServer,
  readExecInfo,
  renderCurlConfig,
  renderEnv,
  renderExecCredential,
} from '../output/token-formats.ts';
import { largestText } from '../protocol/text-input.ts';
import { momentIn, type ObtainedToken, savedToken } from '../sessions/saved-token.ts';
import { parseSession } from '../storage/session-file.ts';
import type { TokenQuestion } from './peek-argv.ts';

/**
 * A saved token in the formats that take more than a line, as the whole program prints it; undefined when that has to
 * answer. `ownFile` is the settings file of the user, where no other counts. @throws what rendering and reading throw
 */
export function renderFormat(
  text: string,
  question: TokenQuestion,
  now: Date,
  ownFile: string | undefined,
): string | undefined {
  const { owner, format, minValiditySeconds } = question;
  const parsed = parseSession(text, parseKeepingNumbers);
  if (parsed.type !== 'session' || parsed.session.tokens === undefined) return undefined;
  const session = { ...parsed.session, tokens: parsed.session.tokens };
  const freshness = { minValiditySeconds, idToken: format === 'exec-credential' };
  const opened = { name: '', fit: 'whole', session, octets: 0, keeping: 'file' } as const;
  const token = savedToken(opened, { wanted: { owner, scope: [], resource: [] }, freshness }, now);
  if (token === undefined) return undefined;
  switch (format) {
    case 'json': {
      if (fstatSync(1).isCharacterDevice()) return undefined;
      const color = showsColor('auto', process.env, false);
      return renderJson(buildTokenDocument(token), { pretty: false, color });
    }
    case 'env':
      return renderEnv(token);
    case 'curl-config':
      return renderCurlConfig(token);
    case 'exec-credential':
      return renderForKubectl(token, question, now, ownFile);
    default:
      return undefined;
  }
}

/** For kubectl the ID token, where there is one; only to a cluster that the token may go to. */
function renderForKubectl(
  token: ObtainedToken,
  { owner }: TokenQuestion,
  now: Date,
  ownFile: string | undefined,
): string | undefined {
  const info = readExecInfo(process.env.KUBERNETES_EXEC_INFO);
  const places = owner.type === 'profile' ? boundServers(ownFile, owner.name) : [];
  const isBound = places !== undefined && places.length > 0;
  if (places === undefined || (isBound && !places.includes(info.server))) return undefined;
  const { id_token: idToken } = token.session.tokens;
  if (idToken === undefined) return renderExecCredential(token, info);
  const expiresAt = momentIn(idToken, 'exp');
  if (expiresAt !== null && expiresAt <= now) return undefined;
  return renderExecCredential({ accessToken: idToken, tokenType: 'Bearer', expiresAt }, info);
}

/** The clusters that a profile binds its tokens to; undefined where that cannot be told at once. @throws SyntaxError */
function boundServers(
  ownFile: string | undefined,
  profile: string,
): readonly (string | undefined)[] | undefined {
  if (ownFile === undefined) return undefined;
  const { profiles } = JSON.parse(readRegularFile(ownFile, largestText).octets.toString('utf8'));
  if (!Object.hasOwn(profiles, profile)) return undefined;
  const { kubernetes_servers: servers = [] } = profiles[profile];
  if (!Array.isArray(servers)) return undefined;
  const places = servers.map(httpsServer);
  return places.includes(undefined) ? undefined : places;
}
