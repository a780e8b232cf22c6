/** What follows the keys of ZUNION, ZINTER and ZDIFF: WEIGHTS, AGGREGATE and WITHSCORES. */

import { integer, key, multiple, oneOf, optional, token } from "../../engine/argument.js";
import type { Call } from "../../engine/call.js";
import { fail, syntaxError } from "../../engine/errors.js";
import { type Aggregate, greatest, least, sum } from "./combination.js";
import type { Inputs } from "./inputs.js";

/** Which of the options a command takes. */
export interface Takes {
  readonly weights: boolean;
  readonly withScores: boolean;
}

export interface CombinationOptions {
  readonly aggregate: Aggregate;
  readonly withScores: boolean;
}

const notWeight = (): Error => fail("weight value is not a float");

/** The arguments that these options are documented by. */
export const sourceKeys = [
  integer("numkeys", { countsKeys: true }),
  multiple(key("key", ["RO", "access"])),
] as const;
export const weighting = [
  optional(multiple(integer("weight", { token: "WEIGHTS" }))),
  optional(
    oneOf("aggregate", [token("sum", "SUM"), token("min", "MIN"), token("max", "MAX")], {
      token: "AGGREGATE",
    }),
  ),
] as const;
export const withScoresOption = optional(token("withscores", "WITHSCORES"));

/** Reads the options; the weights go into the inputs. */
export function readOptions(call: Call, { inputs, end }: Inputs, takes: Takes): CombinationOptions {
  let aggregate = sum;
  let withScores = false;
  for (let at = end; at < call.argc; ) {
    if (takes.weights && call.is(at, "weights") && at + inputs.length < call.argc) {
      for (const input of inputs) input.weight = call.double(++at, notWeight);
      at++;
    } else if (takes.weights && call.is(at, "aggregate") && at + 1 < call.argc) {
      aggregate = readAggregate(call, at + 1);
      at += 2;
    } else if (takes.withScores && call.is(at, "withscores")) {
      withScores = true;
      at++;
    } else throw syntaxError();
  }
  return { aggregate, withScores };
}

function readAggregate(call: Call, at: number): Aggregate {
  if (call.is(at, "sum")) return sum;
  if (call.is(at, "min")) return least;
  if (call.is(at, "max")) return greatest;
  throw syntaxError();
}
