import type { StoredPayload } from 'oidc-provider';

interface StoredRecord {
  readonly payload: StoredPayload;
  /** Milliseconds since the epoch; Infinity for what never expires. */
  readonly expiresAtMs: number;
}

/** The models that end together with their grant. */
const grantable =
  /^(?:AccessToken|AuthorizationCode|RefreshToken|DeviceCode|BackchannelAuthenticationRequest|PreAuthorizedCode):/;

/** Writes between two sweeps for what has expired. */
const sweepEvery = 500;

/** The adapter interface of oidc-provider, for one of its models. */
export interface ModelStore {
  upsert(id: string, payload: StoredPayload, expiresInSeconds?: number): Promise<void>;
  find(id: string): Promise<StoredPayload | undefined>;
  findByUid(uid: string): Promise<StoredPayload | undefined>;
  findByUserCode(userCode: string): Promise<StoredPayload | undefined>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
}

/** Makes the function that gives each model of oidc-provider its place in one memory, gone with the process. */
export function createMemoryStore(): (model: string) => ModelStore {
  const records = new Map<string, StoredRecord>();
  let writes = 0;

  const sweep = () => {
    const now = Date.now();
    for (const [key, record] of records) if (record.expiresAtMs <= now) records.delete(key);
  };

  const read = (key: string): StoredPayload | undefined => {
    const record = records.get(key);
    if (record === undefined || record.expiresAtMs > Date.now()) return record?.payload;
    records.delete(key);
    return undefined;
  };

  return (model) => {
    const key = (id: string) => `${model}:${id}`;
    const findWhere = (matches: (payload: StoredPayload) => boolean): StoredPayload | undefined => {
      for (const [name, { payload }] of records) {
        if (name.startsWith(`${model}:`) && matches(payload)) return read(name);
      }
      return undefined;
    };

    return {
      async upsert(id, payload, expiresInSeconds) {
        writes += 1;
        if (writes % sweepEvery === 0) sweep();
        const expiresAtMs = expiresInSeconds === undefined ? Infinity : Date.now() + expiresInSeconds * 1000;
        records.set(key(id), { payload, expiresAtMs });
      },
      find: async (id) => read(key(id)),
      findByUid: async (uid) => findWhere((payload) => payload.uid === uid),
      findByUserCode: async (userCode) => findWhere((payload) => payload.userCode === userCode),
      async consume(id) {
        const payload = read(key(id));
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1000);
      },
      async destroy(id) {
        records.delete(key(id));
      },
      async revokeByGrantId(grantId) {
        for (const [name, { payload }] of records) {
          if (payload.grantId === grantId && grantable.test(name)) records.delete(name);
        }
      },
    };
  };
}
