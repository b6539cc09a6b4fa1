// Loads the TensorFlow library beside this file, without the two lines that it writes to stderr before it has read any setting.
//
// libtensorflow_framework writes them while the dynamic loader initialises it: a warning that its log is not initialised, and a note that
// oneDNN is on. TF_CPP_MIN_LOG_LEVEL is read later, so no setting silences them. For the time of that load the C library's `stderr` is a
// stream of ours, which leaves out these two messages and writes all else to descriptor 2, at once and on the thread that wrote it: nothing
// is held back or lost, whoever writes, and even if the load ends the process. Descriptor 2 itself is not touched, so Node and child
// processes, which write to the descriptor, do not notice. The stream is never closed: a thread that took hold of it may go on using it.
#include <dlfcn.h>
#include <node_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <mutex>
#include <string>

static bool contains(const char* text, size_t size, const char* part) {
  return memmem(text, size, part, strlen(part)) != nullptr;
}

static bool starts(const char* text, size_t size, const char* part) {
  return size >= strlen(part) && memcmp(text, part, strlen(part)) == 0;
}

static bool isKnown(const char* text, size_t size) {
  return starts(text, size, "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR") ||
         (starts(text, size, "I") && contains(text, size, " port.cc:") &&
          contains(text, size, "] oneDNN custom operations are on."));
}

static ssize_t passOn(void*, const char* text, size_t size) {
  if (isKnown(text, size)) return size;
  size_t done = 0;
  while (done < size) {
    ssize_t wrote = write(STDERR_FILENO, text + done, size - done);
    if (wrote < 0) return done;
    done += wrote;
  }
  return size;
}

static void load() {
  const char* level = getenv("TF_CPP_MIN_LOG_LEVEL");
  if (level != nullptr && strcmp(level, "0") == 0) return;
  Dl_info self;
  if (!dladdr(reinterpret_cast<void*>(&load), &self)) return;
  std::string path = self.dli_fname;
  path = path.substr(0, path.rfind('/') + 1) + "libtensorflow_framework.so.2";
  FILE* filter = fopencookie(nullptr, "w", {nullptr, passOn, nullptr, nullptr});
  if (filter == nullptr) return;
  setvbuf(filter, nullptr, _IONBF, 0);
  FILE* plain = stderr;
  __atomic_store_n(&stderr, filter, __ATOMIC_SEQ_CST);
  // Kept open for good. Where it fails, the addon fails too, and says why.
  dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  __atomic_store_n(&stderr, plain, __ATOMIC_SEQ_CST);
}

NAPI_MODULE_INIT() {
  static std::once_flag once;
  std::call_once(once, load);
  return exports;
}
