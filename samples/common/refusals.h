// What a server tells connections for which it has no thread.
#ifndef SAMPLES_COMMON_REFUSALS_H_
#define SAMPLES_COMMON_REFUSALS_H_

#include <deque>

namespace samples {

class Refusals {
 public:
  Refusals() = default;
  ~Refusals();
  Refusals(const Refusals&) = delete;
  Refusals& operator=(const Refusals&) = delete;

  // Takes the connection, says 503 unless it waits for a handshake of TLS, and never blocks.
  void Refuse(int connection, bool tls);

 private:
  // Closing one at once while its request comes in would reset it, and the client might not read what it was told. So
  // the latest stay for others' time.
  std::deque<int> told_;
};

// How many connections may have a thread: as many as are asked for, less where the process may not open so many files.
int MostConnections(int asked_for);

}  // namespace samples

#endif  // SAMPLES_COMMON_REFUSALS_H_
