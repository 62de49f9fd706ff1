import { formatJsonMember, shortenToken } from './claim-rows.ts';
import type { RegistrationDocument } from './documents.ts';
import { rowsOf } from './layout.ts';
import type { Secret } from './redact.ts';
import { renderAnswer } from './render-endpoints.ts';
import type { View } from './view.ts';

const done = { create: 'Registered', read: 'Read', update: 'Changed', delete: 'Deleted' } as const;

/** A registered client as text ending in a line feed, its secrets shortened. */
export function renderRegistration(
  { action, issuer, client_id, client, kept, profile, checks }: RegistrationDocument,
  view: View,
  secrets: readonly Secret[],
  next: string | undefined,
): string {
  const isGone = action === 'delete';
  const remarks = [
    kept !== null &&
      `Kept in ${kept.file}, its secrets in ${kept.secrets === 'keychain' ? 'the keychain' : 'files beside it'}.`,
    !isGone &&
      client.registration_client_uri === undefined &&
      'The server gave no address at which the client can be changed or deleted.',
    profile !== null && `Saved as profile ${profile.name} in ${profile.file}.`,
    next !== undefined && `next: ${next}`,
  ];
  return renderAnswer(
    'pass',
    `${done[action]} the client ${client_id} at ${issuer}`,
    checks,
    view,
    (layout) =>
      isGone
        ? []
        : layout.section(
            'Client',
            rowsOf(
              ...Object.keys(client).map((name) => {
                const secret = secrets.find(({ kind }) => kind === name)?.value;
                const shown = formatJsonMember(client, name, view);
                return [
                  name,
                  secret === undefined || view.showSecrets ? shown : shortenToken(secret, layout.ellipsis),
                ] as const;
              }),
            ),
          ),
    remarks.filter((remark) => remark !== false),
  );
}
