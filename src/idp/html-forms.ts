import { decodeEntities } from '../json/decode-entities.ts';

/** A button that submits its form. */
export interface FormButton {
  readonly name: string;
  readonly value: string;
  /** What stands on it. */
  readonly label: string;
}

/** A field that takes a text. */
interface FormField {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** One form of a page. */
export interface HtmlForm {
  readonly method: 'GET' | 'POST';
  /** As written; empty when the form goes to the page's own address. */
  readonly action: string;
  readonly fields: readonly FormField[];
  readonly buttons: readonly FormButton[];
}

interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Where the text after the tag begins. */
  readonly end: number;
}

/** Elements whose content is text until their end tag, so that markup inside is none. */
const rawTextElements: ReadonlySet<string> = new Set(['script', 'style', 'textarea', 'title']);

/** The longest label that is looked at. */
const labelLimit = 200;

/**
 * Reads the forms of a page: enough of HTML for login, consent and form_post pages, buttons outside their form (`form`
 * attribute) included. Text it does not understand is passed over.
 */
export function readHtmlForms(page: string): readonly HtmlForm[] {
  const forms: {
    id: string;
    method: 'GET' | 'POST';
    action: string;
    fields: FormField[];
    buttons: FormButton[];
  }[] = [];
  const detached: { form: string; button: FormButton }[] = [];
  let open: (typeof forms)[number] | undefined;

  for (const tag of readTags(page)) {
    const attribute = (name: string) => tag.attributes.get(name) ?? '';
    if (tag.name === 'form') {
      const method = attribute('method').toUpperCase() === 'POST' ? 'POST' : 'GET';
      open = { id: attribute('id'), method, action: attribute('action'), fields: [], buttons: [] };
      forms.push(open);
    } else if (tag.name === '/form') {
      open = undefined;
    } else if (tag.name === 'button' || tag.name === 'input') {
      const type = attribute('type').toLowerCase() || (tag.name === 'button' ? 'submit' : 'text');
      const [name, value] = [attribute('name'), attribute('value')];
      if (type === 'submit') {
        const label = tag.name === 'button' ? labelAfter(page, tag.end) : value;
        const owner = attribute('form');
        if (owner !== '') detached.push({ form: owner, button: { name, value, label } });
        else open?.buttons.push({ name, value, label });
      } else if (tag.name === 'input' && name !== '') {
        open?.fields.push({ name, type, value });
      }
    }
  }
  for (const { form, button } of detached) forms.find(({ id }) => id === form)?.buttons.push(button);
  return forms.map(({ id: _, ...form }) => form);
}

/** One walk over the text; a comment, a raw text element or a tag without an end reaches to the end of the page. */
function* readTags(text: string): Generator<Tag> {
  let at = text.indexOf('<');
  while (at !== -1) {
    if (text.startsWith('<!--', at)) {
      const end = text.indexOf('-->', at + 4);
      if (end === -1) return;
      at = text.indexOf('<', end);
      continue;
    }
    const name = matchAt(/\/?[a-z][a-z0-9-]*/iy, text, at + 1)?.[0]?.toLowerCase();
    if (name === undefined) {
      at = text.indexOf('<', at + 1);
      continue;
    }
    const tag = readTag(text, name, at + 1 + name.length);
    if (tag === undefined) return;
    yield tag;
    const end = rawTextElements.has(name) ? endOfRawText(text, name, tag.end) : tag.end;
    at = end === -1 ? -1 : text.indexOf('<', end);
  }
}

function readTag(text: string, name: string, start: number): Tag | undefined {
  const attributes = new Map<string, string>();
  let at = start;
  for (;;) {
    at += matchAt(/[\s/]*/y, text, at)?.[0]?.length ?? 0;
    if (at >= text.length) return undefined;
    if (text[at] === '>') return { name, attributes, end: at + 1 };
    const attribute = matchAt(/[^\s>/][^\s>/=]*/y, text, at)?.[0] ?? '';
    at += attribute.length;
    const equals = matchAt(/\s*=\s*/y, text, at)?.[0];
    let value = '';
    if (equals !== undefined) {
      at += equals.length;
      const quote = text[at];
      if (quote === '"' || quote === "'") {
        const end = text.indexOf(quote, at + 1);
        if (end === -1) return undefined;
        value = text.slice(at + 1, end);
        at = end + 1;
      } else {
        value = matchAt(/[^\s>]*/y, text, at)?.[0] ?? '';
        at += value.length;
      }
    }
    const key = attribute.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, decodeEntities(value));
  }
}

function endOfRawText(text: string, name: string, start: number): number {
  const pattern = new RegExp(`</${name}\\b`, 'gi');
  pattern.lastIndex = start;
  return pattern.exec(text)?.index ?? -1;
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}

const labelAfter = (text: string, start: number) =>
  decodeEntities(
    (text.slice(start, start + labelLimit).split(/<\/button/i, 1)[0] ?? '').replace(/<[^<>]*>/g, ''),
  ).trim();
