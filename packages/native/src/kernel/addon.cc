// The face of the kernel in Node: opens the verbs of one precision for one set of instructions, after it has asked the processor for these.
#include <node_api.h>
#include <string.h>

#include "verbs.h"

#if defined(__x86_64__)
#define EACH_SET(DO) DO(512, "avx512") DO(256, "avx2") DO(128, "portable")
#else
#define EACH_SET(DO) DO(128, "portable")
#endif

#define DECLARE(bits, name) \
  extern "C" const Verb mixtention_##bits##_single[]; \
  extern "C" const Verb mixtention_##bits##_double[];
EACH_SET(DECLARE)

namespace {

struct Set {
  const char* name;
  int bits;
  const Verb* single;
  const Verb* twice;
};

#define SET(bits, name) {name, bits, mixtention_##bits##_single, mixtention_##bits##_double},
const Set sets[] = {EACH_SET(SET)};

bool isSupported(const Set& set) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (set.bits == 512)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (set.bits == 256) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return set.bits == 128;
}

/** Verbs that are open, and where they find their memory and arguments: an array of doubles, of which the first is the address of the memory. */
struct Open {
  const Verb* verbs;
  double* values;
  napi_ref kept;
};

napi_value refuse(napi_env env, const char* sentence) {
  napi_throw_error(env, nullptr, sentence);
  return nullptr;
}

/** run(verb) */
napi_value run(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value given;
  void* data;
  napi_get_cb_info(env, info, &count, &given, nullptr, &data);
  uint32_t verb = 0;
  napi_get_value_uint32(env, given, &verb);
  const Open& open = *static_cast<const Open*>(data);
  open.verbs[verb](reinterpret_cast<char*>(static_cast<uintptr_t>(open.values[0])), open.values + 1);
  return nullptr;
}

void close(napi_env env, void* data, void*) {
  Open* open = static_cast<Open*>(data);
  napi_delete_reference(env, open->kept);
  delete open;
}

/** open(set, isDouble, values): the function that runs a verb */
napi_value open(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value given[3];
  napi_get_cb_info(env, info, &count, given, nullptr, nullptr);
  char name[16] = "";
  napi_get_value_string_utf8(env, given[0], name, sizeof name, nullptr);
  bool isDouble = false;
  napi_get_value_bool(env, given[1], &isDouble);
  napi_typedarray_type type;
  size_t length;
  void* values;
  if (napi_get_typedarray_info(env, given[2], &type, &length, &values, nullptr, nullptr) != napi_ok ||
      type != napi_float64_array || length < 16)
    return refuse(env, "the arguments of verbs were due as 16 doubles or more");
  for (const Set& set : sets) {
    if (strcmp(set.name, name) != 0) continue;
    if (!isSupported(set)) return refuse(env, "this processor lacks the instructions of that set");
    Open* opened = new Open{isDouble ? set.twice : set.single, static_cast<double*>(values), nullptr};
    napi_create_reference(env, given[2], 1, &opened->kept);
    napi_value result;
    napi_create_function(env, "run", NAPI_AUTO_LENGTH, run, opened, &result);
    napi_add_finalizer(env, result, opened, close, nullptr, nullptr);
    return result;
  }
  return refuse(env, "no such set of instructions");
}

/** addressOf(typed array): where its numbers lie */
napi_value addressOf(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value given;
  napi_get_cb_info(env, info, &count, &given, nullptr, nullptr);
  napi_typedarray_type type;
  void* data;
  if (napi_get_typedarray_info(env, given, &type, nullptr, &data, nullptr, nullptr) != napi_ok)
    return refuse(env, "an array of numbers was due");
  napi_value result;
  napi_create_double(env, static_cast<double>(reinterpret_cast<uintptr_t>(data)), &result);
  return result;
}

void put(napi_env env, napi_value target, const char* name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
  napi_set_named_property(env, target, name, value);
}

}  // namespace

NAPI_MODULE_INIT() {
  napi_value names, supported, text;
  napi_create_array(env, &names);
  uint32_t i = 0;
#define NAME(verb) \
  napi_create_string_utf8(env, #verb, NAPI_AUTO_LENGTH, &text); \
  napi_set_element(env, names, i++, text);
  MIXTENTION_VERBS(NAME)
  napi_set_named_property(env, exports, "verbs", names);
  napi_create_object(env, &supported);
  for (const Set& set : sets) {
    if (!isSupported(set)) continue;
    napi_value bytes;
    napi_create_int32(env, set.bits / 8, &bytes);
    napi_set_named_property(env, supported, set.name, bytes);
  }
  napi_set_named_property(env, exports, "sets", supported);
  napi_value format;
  napi_create_int32(env, MIXTENTION_FORMAT, &format);
  napi_set_named_property(env, exports, "format", format);
  put(env, exports, "open", open);
  put(env, exports, "addressOf", addressOf);
  return exports;
}
