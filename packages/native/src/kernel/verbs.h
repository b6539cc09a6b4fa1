// The verbs of the kernel, in the order of their tables: tiles in the memory of the caller. What each takes stands beside it.
#pragma once

/** Raised with each change of what verbs take or what the addon exports; `core/src/fused/addon-machine.ts` names the one that it works with. */
#define MIXTENTION_FORMAT 5

#define MIXTENTION_VERBS(DO)                                                                                          \
  DO(product) DO(gather) DO(whiten) DO(distances) DO(triangle) DO(scale) DO(softmax) DO(spreads) DO(labels)           \
  DO(harden) DO(addPairs) DO(evidences) DO(totals) DO(join) DO(student) DO(slopes) DO(addPositions) DO(widen)         \
  DO(multiplyAdd) DO(exponentials) DO(pack) DO(extremes)

/** A verb: the memory, and its arguments as doubles, addresses from the beginning of that memory in bytes. */
typedef void (*Verb)(char* base, const double* values);
