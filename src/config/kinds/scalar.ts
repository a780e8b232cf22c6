/** Kinds whose value is one argument: yes or no, a word of several, a text, a password. */

import { type Context, type Kind, Refusal } from "../directive.js";
import { type ByteString, byteString, quote, textOf } from "../parse.js";

/** A kind from the reading and the writing of one argument. */
export function scalar<T>(
  accepts: string,
  read: (argument: ByteString, context: Context<T>) => T,
  format: (value: T) => ByteString,
  line: (value: T) => ByteString = format,
): Kind<T> {
  return {
    accepts,
    list: false,
    parse: ([argument = ""], context) => read(argument, context),
    format,
    lines: (value) => [line(value)],
  };
}

/** `yes` or `no`. */
export const flag: Kind<boolean> = scalar(
  "yes, no",
  (argument) => {
    const word = argument.toLowerCase();
    if (word !== "yes" && word !== "no") throw new Refusal("argument must be 'yes' or 'no'");
    return word === "yes";
  },
  (value) => (value ? "yes" : "no"),
);

/** One of the words, in any mixture of cases. */
export function oneOf<const Words extends readonly string[]>(...words: Words): Kind<Words[number]> {
  const list = words.join(", ");
  return scalar<Words[number]>(
    list,
    (argument) => {
      const found = words.find((word) => word === argument.toLowerCase());
      if (found === undefined) throw new Refusal(`argument(s) must be one of the following: ${list}`);
      return found;
    },
    (value) => value,
  );
}

/** Text in UTF-8. `check` gives the reason why a text is refused, or null. */
export function textThat(accepts: string, check: (text: string) => string | null): Kind<string> {
  return scalar(
    accepts,
    (argument) => {
      const text = textOf(argument);
      const reason = check(text);
      if (reason !== null) throw new Refusal(reason);
      return text;
    },
    byteString,
    (value) => quote(byteString(value)),
  );
}

/** Any text in UTF-8. */
export const text: Kind<string> = textThat("text", () => null);

/** Any bytes, one character of the value for each: passwords. */
export const bytes: Kind<ByteString> = scalar(
  "any bytes",
  (argument) => argument,
  (value) => value,
  quote,
);

/** The name of a file inside a directory; `what` is how the reason calls it. */
export function nameOf(what: "filename" | "dirname", name: string, mayBeEmpty: boolean): Kind<string> {
  return textThat(`a ${what} without /`, (value) => {
    if (value === "" && !mayBeEmpty) return `${name} can't be empty`;
    return value.includes("/") ? `${name} can't be a path, just a ${what}` : null;
  });
}

/** The kind without the values for which `reason` has one. */
export function refusing<T>(kind: Kind<T>, accepts: string, reason: (value: T) => string | null): Kind<T> {
  return {
    ...kind,
    accepts,
    parse(args, context) {
      const value = kind.parse(args, context);
      const refusal = reason(value);
      if (refusal !== null) throw new Refusal(refusal);
      return value;
    },
  };
}
