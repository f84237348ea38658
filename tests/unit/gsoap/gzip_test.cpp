#include "gsoap/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

#include "support/compression.h"

namespace gsoaprm::binding {
namespace {

std::string Text(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "<n>" + std::to_string(text.size() * 7919 % 10007) + "</n>";
  text.resize(size);
  return text;
}

std::string Gzipped(const std::string& plain) {
  std::string compressed;
  EXPECT_TRUE(Gzip(plain, &compressed));
  return compressed;
}

TEST(Gzip, WritesWhatItReads) {
  for (const std::size_t size : {0u, 1u, 16383u, 16384u, 16385u, 300000u}) {
    std::string plain;
    EXPECT_EQ(Inflate(Gzipped(Text(size)), size, &plain), InflateResult::kOk) << size;
    EXPECT_EQ(plain, Text(size)) << size;
  }
}

TEST(Gzip, WritesAGzipHeader) { EXPECT_EQ(Gzipped("text").substr(0, 2), "\x1f\x8b"); }

TEST(Gzip, MakesXmlSmaller) { EXPECT_LT(Gzipped(Text(100000)).size(), 50000u); }

TEST(Gzip, ReadsAllThatHttpCallsDeflate) {
  for (const int window_bits : {MAX_WBITS, -MAX_WBITS, MAX_WBITS + 16}) {
    std::string plain;
    EXPECT_EQ(Inflate(testing::Compressed(Text(50000), window_bits), 50000, &plain), InflateResult::kOk) << window_bits;
    EXPECT_EQ(plain, Text(50000)) << window_bits;
  }
}

TEST(Gzip, StopsAtTheMaximum) {
  constexpr std::size_t kMaximum = 100000;
  std::string plain;
  EXPECT_EQ(Inflate(Gzipped(Text(kMaximum - 1)), kMaximum, &plain), InflateResult::kOk);
  EXPECT_EQ(Inflate(Gzipped(Text(kMaximum)), kMaximum, &plain), InflateResult::kOk);
  EXPECT_EQ(Inflate(Gzipped(Text(kMaximum + 1)), kMaximum, &plain), InflateResult::kTooLarge);
}

TEST(Gzip, DoesNotInflateABombBeyondTheMaximum) {
  std::string plain;
  EXPECT_EQ(Inflate(Gzipped(std::string(50u << 20, ' ')), 4096, &plain), InflateResult::kTooLarge);
  EXPECT_LE(plain.size(), 4096u);
}

TEST(Gzip, CallsEveryBeginningOfAStreamCorrupt) {
  const std::string whole = Gzipped(Text(2000));
  std::string plain;
  for (std::size_t size = 0; size < whole.size(); size++)
    EXPECT_EQ(Inflate(whole.substr(0, size), 4096, &plain), InflateResult::kCorrupt) << size;
}

TEST(Gzip, SeesADamagedByteByTheChecksum) {
  const std::string whole = Gzipped(Text(2000));
  std::string plain;
  for (std::size_t at = 10; at < whole.size(); at += 7) {  // behind the header, whose time stamp may be anything
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    EXPECT_NE(Inflate(damaged, 4096, &plain), InflateResult::kOk) << at;
  }
}

TEST(Gzip, CallsPlainTextCorrupt) {
  std::string plain;
  EXPECT_EQ(Inflate("<Envelope/>", 4096, &plain), InflateResult::kCorrupt);
}

}  // namespace
}  // namespace gsoaprm::binding
