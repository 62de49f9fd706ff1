import { isJsonObject, type JsonValue } from '../json/json.ts';
import type { ProfileDocument, ProfileListDocument } from './documents.ts';
import { createLayout, joinLines, type Layout, rowsOf } from './layout.ts';
import { inertText } from './terminal-text.ts';
import type { Looks } from './view.ts';
import { wrapNotice } from './width.ts';

/** All profiles as text ending in a line feed: name, server and client; the default one is marked. */
export function renderProfileList(document: ProfileListDocument, looks: Looks): string {
  const layout = createLayout(looks);
  const rows = document.profiles.map(({ name, issuer, client_id, from }) => {
    const notes = [
      ...(name === document.default_profile ? ['default'] : []),
      ...(from.includes('project') ? [from.includes('user') ? "and the project's" : "the project's"] : []),
    ];
    return { cells: [name, issuer ?? 'none', client_id ?? 'none', notes.join(', ')] };
  });
  const project = document.project_file;
  return joinLines([
    ...titleLine('Profiles', document.file, layout),
    ...layout.table(['profile', 'issuer', 'client', ''], rows),
    ...(project === null
      ? []
      : ['', ...layout.paragraph(`Project file: ${project}`, { indent: 0, wrap: wrapNotice })]),
  ]);
}

/** One profile as text ending in a line feed, with where each setting comes from when the document says so. */
export function renderProfile(document: ProfileDocument, looks: Looks): string {
  const layout = createLayout(looks);
  const { name, files, settings, sources, refusal } = document;
  const rows = Object.entries(settings).map(([key, value]) => {
    const source = sources?.[key];
    const names = { variable: inertText(source?.name ?? ''), project: 'project file', profile: 'profile' };
    const note = source === undefined ? '' : names[source.type];
    return [key, textOf(key, value), { note }] as const;
  });
  return joinLines([
    ...titleLine(`Profile ${name}`, files[0] ?? '', layout),
    ...layout.rows(rowsOf(...rows)),
    ...(refusal === undefined ? [] : ['', ...layout.paragraph(refusal, { lead: layout.mark('fail') })]),
  ]);
}

/** A heading at the very beginning: a path that has no room beside it is left out. */
function titleLine(title: string, path: string, layout: Layout): string[] {
  return layout.heading(title, { text: path }).slice(1, 2);
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
