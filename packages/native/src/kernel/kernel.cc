// The verbs for one precision and one set of instructions: compiled once for each, as the build says.
#include "limit.h"
#include "pack.h"
#include "product.h"
#include "rows.h"
#include "softmax.h"
#include "verbs.h"
#include "whiten.h"

#define JOIN(a, b, c) a##b##c
#define NAME(set, real) JOIN(mixtention_, set, real)
#if MIXTENTION_DOUBLE
#define TABLE NAME(MIXTENTION_SET, _double)
#else
#define TABLE NAME(MIXTENTION_SET, _single)
#endif

namespace {

template <void verb(const Arguments&)>
void entry(char* base, const double* values) {
  verb({base, values});
}

}  // namespace

#define widen widenRows
#define ENTRY(verb) entry<verb>,
extern "C" const Verb TABLE[] = {MIXTENTION_VERBS(ENTRY)};
