import { isJsonObject, type JsonValue } from '../json/json.ts';
import type { ProfileDocument, ProfileListDocument, SettingSourceDocument } from './documents.ts';
import { type Row, renderHeading, renderRows } from './layout.ts';
import { inertText } from './terminal-text.ts';
import { createStyle, type Looks, layoutColumns } from './view.ts';
import { wrapText } from './width.ts';

/** All profiles as text ending in a line feed: name, server and client; the default one is marked. */
export function renderProfileList(document: ProfileListDocument, looks: Looks): string {
  const style = createStyle(looks);
  const rows = document.profiles.map(({ name, issuer, client_id, from }): Row => {
    const notes = [
      ...(name === document.default_profile ? ['default'] : []),
      ...(from.includes('project') ? [from.includes('user') ? "and the project's" : "the project's"] : []),
    ];
    const client = client_id === null ? '' : `, client ${client_id}`;
    return {
      name,
      value: `${issuer ?? 'no issuer'}${client}`,
      ...(notes.length === 0 ? {} : { note: notes.join(', ') }),
    };
  });
  const [, heading = ''] = renderHeading('Profiles', { text: document.file }, looks, style);
  const project =
    document.project_file === null
      ? []
      : ['', ...wrapText(`Project file: ${inertText(document.project_file)}`, layoutColumns(looks))];
  return `${[heading, ...renderRows(rows, looks, style), ...project].join('\n')}\n`;
}

/** One profile as text ending in a line feed, with where each setting comes from when the document says so. */
export function renderProfile(document: ProfileDocument, looks: Looks): string {
  const style = createStyle(looks);
  const { name, files, settings, sources, refusal } = document;
  const own = files[0] ?? '';
  const rows = Object.entries(settings).map(([key, value]): Row => {
    const source = sources?.[key];
    return {
      name: key,
      value: textOf(key, value),
      ...(source === undefined ? {} : { note: describeSource(source) }),
    };
  });
  const [, heading = ''] = renderHeading(`Profile ${name}`, { text: own }, looks, style);
  const refused =
    refusal === undefined
      ? []
      : [
          '',
          ...wrapText(inertText(refusal), layoutColumns(looks) - 2).map(
            (line, index) => `${index === 0 ? style.mark('fail') : ' '} ${line}`,
          ),
        ];
  return `${[heading, ...renderRows(rows, looks, style), ...refused].join('\n')}\n`;
}

function describeSource({ type, name }: SettingSourceDocument): string {
  switch (type) {
    case 'variable':
      return inertText(name);
    case 'project':
      return 'project file';
    case 'profile':
      return 'profile';
  }
}

function textOf(key: string, value: JsonValue): string {
  if (key === 'client_secret' && isJsonObject(value)) {
    if (typeof value.env === 'string') return `in the variable ${value.env}`;
    if (typeof value.file === 'string') return `in the file ${value.file}`;
    return 'in the keychain';
  }
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join('\n');
  if (isJsonObject(value) && /params$/.test(key)) {
    return Object.entries(value)
      .map(([name, text]) => (text === null ? `without ${name}` : `${name}=${text}`))
      .join('\n');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
