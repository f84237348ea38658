// Programs that were compiled with another version of the header than the library's.
#include "config/struct_sizes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace gsoaprm::config {
namespace {

// A program's structure of this size, with bytes behind it that are nobody's.
class Program {
 public:
  explicit Program(std::size_t size) : size_(size), bytes_(size + kBehind, '#') {
    // Aligned as the structure is: the vector's memory comes from the heap.
    std::memcpy(bytes_.data(), &size, sizeof size);
  }
  ~Program() {
    for (std::size_t i = size_; i < bytes_.size(); i++) EXPECT_EQ(bytes_[i], '#') << "written past the structure";
  }
  soap_rm_options* options() { return reinterpret_cast<soap_rm_options*>(bytes_.data()); }
  void* get() { return bytes_.data(); }
  template <class Member>
  Member At(std::size_t offset) const {
    Member value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }
  std::size_t size() const { return At<std::size_t>(0); }

 private:
  static constexpr std::size_t kBehind = 64;
  const std::size_t size_;
  std::vector<char> bytes_;
};

constexpr std::size_t kNow = sizeof(soap_rm_options);
// As if members after max_connections had been added since the first version.
constexpr StructSizes kGrown{offsetof(soap_rm_options, compress), kNow};

TEST(StructSizes, DefaultsAreWrittenAsFarAsTheProgramsStructureGoes) {
  for (const std::size_t size : {kGrown.first, kNow - 1, kNow, kNow + 1, kNow + 40}) {
    Program program(size);
    FillDefaults(program.options(), size);
    EXPECT_EQ(program.size(), size);
    EXPECT_EQ(program.At<int>(offsetof(soap_rm_options, max_retry_count)), 8);
    EXPECT_EQ(program.At<int>(offsetof(soap_rm_options, max_connections)), 8);
  }
  Program newer(kNow + 8);
  FillDefaults(newer.options(), kNow + 8);
  EXPECT_EQ(newer.At<std::size_t>(kNow), 0u) << "what this library does not know is zero";
}

TEST(StructSizes, DefaultsNeedRoomForTheSizeItself) {
  char bytes[sizeof(std::size_t)];
  std::memset(bytes, '#', sizeof bytes);
  FillDefaults(reinterpret_cast<soap_rm_options*>(bytes), sizeof bytes - 1);
  EXPECT_EQ(std::string(bytes, sizeof bytes), std::string(sizeof bytes, '#'));
  FillDefaults(nullptr, kNow);
}

TEST(StructSizes, OptionsAreTakenOfEverySizeFromTheFirstToTheNewest) {
  for (const std::size_t size : {kGrown.first - 1, kGrown.first, kNow, kNow + 1}) {
    Program program(size);
    FillDefaults(program.options(), size);
    program.options()->max_retry_count = 3;
    soap_rm_options taken;
    std::string error;
    const bool known = size >= kGrown.first && size <= kNow;
    EXPECT_EQ(TakeOptions(program.options(), kGrown, &taken, &error), known) << size;
    EXPECT_EQ(error.empty(), known) << error;
    if (!known) continue;
    EXPECT_EQ(taken.size, kNow);
    EXPECT_EQ(taken.max_retry_count, 3);
    EXPECT_EQ(taken.compress, 0) << "what the program does not know has its default";
  }
}

TEST(StructSizes, OptionsOfANewerProgramAreRefusedWithASentence) {
  Program program(kNow + 8);
  soap_rm_options taken;
  std::string error;
  EXPECT_FALSE(TakeOptions(program.options(), kOptionsSizes, &taken, &error));
  EXPECT_EQ(error, "options.size is " + std::to_string(kNow + 8) + ", but this library knows options of " +
                       std::to_string(kNow) + " bytes: the program was compiled with the header of a newer one.");
}

TEST(StructSizes, OptionsGoBackAsFarAsTheProgramsStructureGoes) {
  Program program(kGrown.first);
  soap_rm_options changed;
  soap_rm_options_default(&changed);
  changed.max_retry_count = 5;
  std::string error;
  EXPECT_TRUE(GiveOptions(changed, program.options(), &error)) << error;
  EXPECT_EQ(program.size(), kGrown.first);
  EXPECT_EQ(program.At<int>(offsetof(soap_rm_options, max_retry_count)), 5);
  changed.compress = 1;
  changed.max_retry_count = 6;
  EXPECT_FALSE(GiveOptions(changed, program.options(), &error));
  EXPECT_EQ(error, "The program was compiled with an older header, which has no option compress.");
  EXPECT_EQ(program.At<int>(offsetof(soap_rm_options, max_retry_count)), 5) << "nothing is changed";
}

TEST(StructSizes, MetricsFillWhatTheProgramHasRoomFor) {
  soap_rm_metrics full{};
  full.messages_sent = 1;
  full.open_sessions = 2;
  full.answers_collected = 3;
  constexpr std::size_t kMetrics = sizeof(soap_rm_metrics);
  for (const std::size_t size : {kMetricsSizes.first - 1, kMetricsSizes.first, kMetrics, kMetrics + 8}) {
    Program program(size);
    std::string error;
    const bool known = size >= kMetricsSizes.first;
    EXPECT_EQ(GiveStruct("metrics", &full, kMetricsSizes, program.get(), &error), known) << size;
    EXPECT_EQ(program.size(), size);
    if (!known) {
      EXPECT_EQ(error, "metrics.size is " + std::to_string(size) + ", not " + std::to_string(kMetrics) +
                           ": set it to the size of the structure.");
      continue;
    }
    EXPECT_EQ(program.At<std::uint64_t>(offsetof(soap_rm_metrics, messages_sent)), 1u);
    EXPECT_EQ(program.At<std::uint64_t>(offsetof(soap_rm_metrics, open_sessions)), 2u);
    if (size >= kMetrics) {
      EXPECT_EQ(program.At<std::uint64_t>(offsetof(soap_rm_metrics, answers_collected)), 3u);
    }
    if (size > kMetrics) {
      EXPECT_EQ(program.At<std::uint64_t>(kMetrics), 0u);
    }
  }
}

}  // namespace
}  // namespace gsoaprm::config
