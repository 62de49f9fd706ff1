type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Which place of a structure is changed, and how. */
export interface StructureChange {
  /** From 0 to 1, over all places. */
  readonly at: number;
  readonly kind: number;
  readonly piece: string;
}

/** Values that stand where another type, range or depth is expected. */
const oddValues: readonly (() => Json)[] = [
  () => null,
  () => true,
  () => false,
  () => 0,
  () => -1,
  () => 0.5,
  () => Number.MAX_SAFE_INTEGER + 2,
  () => -1e308,
  () => '',
  () => ' ',
  () => '0',
  () => '__proto__',
  () => 'constructor',
  () => '\ud800',
  () => '\u202e\u001b[2J',
  () => 'https://[',
  () => 'x'.repeat(3000),
  () => [],
  () => [[], null, {}],
  () => ({}),
  () => ({ toString: null, __proto__: null, length: -1 }),
  () => Array.from({ length: 200 }, () => 'a'),
  () => nested(5),
  () => nested(600),
];

function nested(depth: number): Json {
  let value: Json = 'deep';
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

const encodedJson = /eyJ[\w-]{4,}/g;

/**
 * Changes a text in the structure that it holds: one value or name of a JSON document, the JSON inside a JWT, one
 * parameter of form data or a URL, one line of anything else.
 */
export function mutateStructure(text: string, change: StructureChange): string {
  if (/^\s*[[{]/.test(text)) {
    const value = parse(text);
    if (value !== undefined) return JSON.stringify(mutateJson(value, change));
  }
  const encoded = [...text.matchAll(encodedJson)];
  const chosen = encoded[Math.floor(change.at * encoded.length)];
  if (chosen !== undefined && change.kind % 3 !== 0) {
    const [part] = chosen;
    const value = parse(Buffer.from(part, 'base64url').toString());
    if (value !== undefined) {
      const changed = Buffer.from(JSON.stringify(mutateJson(value, change))).toString('base64url');
      return text.slice(0, chosen.index) + changed + text.slice(chosen.index + part.length);
    }
  }
  return /^[^\s<]*=/.test(text) ? mutateList(text, '&', change) : mutateList(text, '\n', change);
}

function mutateList(text: string, separator: string, { at, kind, piece }: StructureChange): string {
  const items = text.split(separator);
  const index = Math.floor(at * items.length);
  const item = items[index] ?? '';
  const [name = '', ...values] = item.split('=');
  const changed: readonly (readonly string[])[] = [
    [],
    [item, item],
    [name],
    [`${name}=`],
    [`${name}=${piece}`],
    [`${piece}=${values.join('=')}`],
    [percentEncoded(item)],
    [`${name}=${percentEncoded(piece)}`, item],
    [item + piece.repeat(50)],
  ];
  items.splice(index, 1, ...(changed[kind % changed.length] ?? []));
  return items.join(separator);
}

function percentEncoded(text: string): string {
  return Buffer.from(text).toString('hex').replace(/../g, '%$&');
}

interface Place {
  readonly holder: Json[] | { [name: string]: Json };
  readonly name: string;
}

function mutateJson(root: Json, { at, kind, piece }: StructureChange): Json {
  const odd = (oddValues[kind % oddValues.length] ?? (() => null))();
  const places = placesIn(root);
  const place = places[Math.floor(at * places.length)];
  if (place === undefined) return odd;
  const { holder, name } = place;
  if (Array.isArray(holder)) {
    const index = Number(name);
    if (kind % 4 === 0) holder.splice(index, 1);
    else if (kind % 4 === 1) holder.splice(index, 0, holder[index] ?? null);
    else holder[index] = odd;
    return root;
  }
  const value = holder[name] ?? null;
  switch (kind % 11) {
    case 0:
      delete holder[name];
      break;
    case 1:
      delete holder[name];
      define(holder, piece, value);
      break;
    case 2:
      define(holder, name.toUpperCase(), value);
      break;
    case 3:
      holder[name] = [value];
      break;
    case 4:
      holder[name] = typeof value === 'string' ? value + piece : JSON.stringify(value);
      break;
    default:
      holder[name] = odd;
  }
  return root;
}

/** `__proto__` is a name like any other. */
function define(holder: { [name: string]: Json }, name: string, value: Json): void {
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}

function placesIn(root: Json): Place[] {
  const places: Place[] = [];
  const open: Json[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      places.push({ holder: value, name });
      open.push(inner);
    }
  }
  return places;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
