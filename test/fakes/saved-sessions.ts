import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  parseSession,
  type SavedSession,
  type SessionOwner,
  serializeSession,
  sessionFileName,
} from '../../src/storage/session-file.ts';
import type { Session } from '../../src/storage/session-store.ts';
import type { RotatingServer } from './rotating-server.ts';

/** A temporary OAUTH_CODE_HOME. */
export interface TestHome {
  readonly folder: string;
  /** For a run that keeps its sessions here. */
  readonly env: Readonly<Record<string, string>>;
  /** Where an owner's last session is. */
  path(owner: SessionOwner): string;
  /** Writes a session as a login would have. */
  save(session: Session): string;
  /** @throws when there is none that can be read */
  read(owner: SessionOwner): SavedSession;
  /** Writes any text where an owner's session would be. */
  write(owner: SessionOwner, text: string): string;
  /** Names of all files in the folder of the sessions. */
  files(): readonly string[];
  remove(): void;
}

/** Makes a home for sessions. */
export function createTestHome(): TestHome {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'oauth-code-home-'));
  const path = (owner: SessionOwner) => join(folder, 'sessions', sessionFileName(owner));
  const write = (owner: SessionOwner, text: string) => {
    mkdirSync(dirname(path(owner)), { recursive: true, mode: 0o700 });
    writeFileSync(path(owner), text, { mode: 0o600 });
    return path(owner);
  };
  return {
    folder,
    env: { OAUTH_CODE_HOME: folder, OAUTH_CODE_STORE: 'file' },
    path,
    write,
    save: (session) => write(session.owner, serializeSession(session)),
    read(owner) {
      const parsed = parseSession(readFileSync(path(owner), 'utf8'));
      if (parsed.type === 'unreadable') throw new Error(`The session is ${parsed.problem}.`);
      return parsed.session;
    },
    files() {
      try {
        return readdirSync(join(folder, 'sessions')).sort();
      } catch {
        return [];
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Where a session of a test differs from one whose access token has just been issued for an hour. */
export interface TestSessionOptions extends Partial<Omit<Session, 'tokens'>> {
  readonly tokens?: Partial<Session['tokens']>;
  /** How long the access token is still valid; negative when it has expired. */
  readonly validForSeconds?: number;
}

/** The owner of most sessions in tests. */
export function clientAt(issuer: string): Extract<SessionOwner, { type: 'client' }> {
  return { type: 'client', issuer, clientId: 'client-1' };
}

/** A session with the tokens that a server issued last. */
export function sessionWith(
  server: Pick<RotatingServer, 'origin' | 'tokenEndpoint' | 'last'>,
  { validForSeconds = 3600, tokens, ...differing }: TestSessionOptions = {},
): Session {
  const expiresMs = Date.now() + validForSeconds * 1000;
  const { accessToken, refreshToken } = server.last;
  return {
    owner: clientAt(server.origin),
    issuer: server.origin,
    client_id: 'client-1',
    account: null,
    grant_type: 'authorization_code',
    requested: { scope: ['read', 'write'], resource: [], audience: null },
    scope: ['read', 'write'],
    refreshable: true,
    plain: true,
    quick: true,
    settings: '',
    server: {
      token_endpoint: server.tokenEndpoint,
      auth_method: 'none',
      assertion_audience: server.origin,
      revocation_endpoint: `${server.origin}/revoke`,
      end_session_endpoint: `${server.origin}/end`,
    },
    clock_skew_seconds: 0,
    obtained_at: new Date(expiresMs - 3_600_000).toISOString(),
    expires_at: new Date(expiresMs).toISOString(),
    ...differing,
    tokens: {
      access_token: accessToken,
      token_type: 'Bearer',
      refresh_token: refreshToken,
      token_response: { access_token: accessToken, token_type: 'Bearer', refresh_token: refreshToken },
      ...tokens,
    },
  };
}

/** A session without a refresh token. */
export function withoutRefreshToken(session: Session): Session {
  const { refresh_token: _gone, ...tokens } = session.tokens;
  return { ...session, refreshable: false, tokens };
}
