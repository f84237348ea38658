// The places at which crash tests kill the process.
#define GSOAPRM_FAIL_POINTS
#include "store/fail_point.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gsoaprm::testing {
namespace {

// How often the point "here" is passed, of five times, before the process is killed.
int PassesUntilKilled(const char* chosen) {
  int passes[2];
  if (pipe(passes) != 0) return -1;
  pid_t child = fork();
  if (child == 0) {
    setenv("GSOAPRM_FAIL_POINT", chosen, 1);
    for (int i = 0; i < 5; ++i) {
      FailPoint(std::string_view("here"));
      FailPoint(std::string_view("there"));
      if (write(passes[1], "x", 1) != 1) _exit(1);
    }
    _exit(0);
  }
  close(passes[1]);
  int count = 0;
  char byte = 0;
  while (read(passes[0], &byte, 1) == 1) ++count;
  close(passes[0]);
  int status = 0;
  waitpid(child, &status, 0);
  bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  EXPECT_EQ(killed, count < 5) << chosen;
  return count;
}

TEST(FailPoint, KillsWhenItIsPassedForTheChosenTime) {
  EXPECT_EQ(PassesUntilKilled("here:1"), 0);
  EXPECT_EQ(PassesUntilKilled("here:3"), 2);
  EXPECT_EQ(PassesUntilKilled("here:5"), 4);
  EXPECT_EQ(PassesUntilKilled("here:6"), 5);
  EXPECT_EQ(PassesUntilKilled("here"), 0);
}

TEST(FailPoint, OtherPointsAreNothing) {
  EXPECT_EQ(PassesUntilKilled("elsewhere:1"), 5);
  EXPECT_EQ(PassesUntilKilled(""), 5);
}

}  // namespace
}  // namespace gsoaprm::testing
