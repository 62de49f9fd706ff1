import { type ExactJson, extendPath, isIndexLike, type UnsafeInteger } from './exact-json.ts';
import { isUnsafeInteger } from './exact-number.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { keepNumberTexts } from './number-texts.ts';

interface Frame {
  readonly container: JsonObject | JsonValue[];
  /** The member whose value comes next. */
  name: string;
  /** Document order, kept from the first name on that JavaScript would move to the front. */
  order: string[] | undefined;
}

const longestList = 20;

/** Puts JSON values together from their parts in document order, keeping what plain values lose. */
export class ExactJsonBuilder {
  private readonly frames: Frame[] = [];
  private readonly numberTexts = new Map<object, Map<string, string>>();
  private readonly memberOrders = new Map<object, readonly string[]>();
  private readonly unsafeIntegers: UnsafeInteger[] = [];
  private readonly duplicates: string[] = [];

  /** Begins a container, into which all that is added goes until it is closed. */
  open(container: JsonObject | JsonValue[]): void {
    this.frames.push({ container, name: '', order: undefined });
  }

  /** Ends the innermost container and adds it to the one around it. */
  close(): JsonValue {
    const frame = this.frames.pop();
    if (frame === undefined) {
      throw new RangeError('no container is open');
    }
    if (frame.order !== undefined) {
      this.memberOrders.set(frame.container, frame.order);
    }
    return this.add(frame.container);
  }

  /** Names the member whose value comes next. */
  name(name: string): void {
    const frame = this.frames.at(-1);
    if (frame !== undefined) {
      frame.name = name;
    }
  }

  /** Adds a number by its text. */
  addNumber(text: string): JsonValue {
    this.noteNumber(text);
    const value = Number(text);
    return this.add(value, String(value) === text ? undefined : text);
  }

  /** Takes note of a number without adding it. */
  noteNumber(text: string): void {
    if (isUnsafeInteger(text) && this.unsafeIntegers.length < longestList) {
      this.unsafeIntegers.push({ path: this.path(), text });
    }
  }

  /** Adds a complete value to the innermost container. */
  add(value: JsonValue, numberText?: string): JsonValue {
    const frame = this.frames.at(-1);
    if (frame === undefined) {
      return value;
    }
    const { container } = frame;
    if (Array.isArray(container)) {
      frame.name = String(container.length);
      container.push(value);
    } else {
      this.addMember(frame, container, value);
    }
    if (numberText !== undefined) {
      const texts = this.numberTexts.get(container) ?? new Map<string, string>();
      this.numberTexts.set(container, texts.set(frame.name, numberText));
    }
    return value;
  }

  /** The whole, once its outermost value is complete. */
  finish(value: JsonValue): ExactJson {
    const { memberOrders, unsafeIntegers, duplicates } = this;
    for (const [container, texts] of this.numberTexts) keepNumberTexts(container, texts);
    return { value, memberOrders, unsafeIntegers, duplicates };
  }

  private addMember(frame: Frame, object: JsonObject, value: JsonValue): void {
    const { name } = frame;
    if (Object.hasOwn(object, name)) {
      this.numberTexts.get(object)?.delete(name);
      if (this.duplicates.length < longestList) {
        this.duplicates.push(this.path());
      }
    } else if (frame.order !== undefined) {
      frame.order.push(name);
    } else if (isIndexLike(name)) {
      frame.order = [...Object.keys(object), name];
    }
    if (name === '__proto__') {
      // An assignment would set the prototype.
      Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
    } else {
      object[name] = value;
    }
  }

  /** Path of the value that is about to be added. */
  private path(): string {
    return this.frames.reduce(
      (path, { container, name }) => extendPath(path, Array.isArray(container) ? container.length : name),
      '',
    );
  }
}
