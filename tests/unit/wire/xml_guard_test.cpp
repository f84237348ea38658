// What gSOAP's parser is spared: each limit at limit - 1, limit, limit + 1.
#include "wire/xml_guard.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gsoaprm::wire {
namespace {

XmlGuardLimits Small() {
  XmlGuardLimits limits;
  limits.attribute_names = 100;
  limits.free_steps = 1000;
  limits.steps_per_byte = 2;
  limits.ids_in_chain = 3;
  return limits;
}

TEST(XmlGuard, BoundsDifferentNamesOfAttributes) {
  XmlGuard guard(0, Small());
  std::vector<std::string> names;
  for (int i = 0; i <= 100; i++) names.push_back("n" + std::to_string(i));
  for (int round = 0; round < 3; round++) {
    for (std::size_t i = 0; i < 100; i++) ASSERT_TRUE(guard.NoteAttribute(names[i], "")) << i;
  }
  EXPECT_EQ(guard.problem(), nullptr);
  EXPECT_FALSE(guard.NoteAttribute(names[100], ""));
  EXPECT_NE(std::string(guard.problem()).find("different attributes"), std::string::npos);
}

TEST(XmlGuard, BoundsTheStepsOfAMessageByItsSize) {
  // Ten names, one namespace in scope: eleven steps a tag, and as many again for each of its attributes.
  for (const std::size_t bytes : {0u, 55u}) {
    XmlGuard guard(bytes, Small());
    for (int i = 0; i < 10; i++) ASSERT_TRUE(guard.NoteAttribute("n", ""));
    const std::size_t tags = (1000 + 2 * bytes) / 11;
    for (std::size_t i = 0; i < tags; i++) ASSERT_TRUE(guard.NoteTag(0, 1)) << i;
    EXPECT_FALSE(guard.NoteTag(0, 1));
    EXPECT_NE(guard.problem(), nullptr);
  }
  for (const std::size_t attributes : {98u, 99u, 100u}) {
    XmlGuard guard(0, Small());
    for (int i = 0; i < 8; i++) ASSERT_TRUE(guard.NoteAttribute("n", ""));
    EXPECT_EQ(guard.NoteTag(attributes, 2), attributes < 100) << attributes;
  }
}

// "id1", "id2" ... that gSOAP's table keeps in the chain of the first of them.
std::vector<std::string> Alike(std::size_t count) {
  const auto chain = [](const std::string& id) {
    std::size_t hash = '#';
    for (const char c : id) hash = hash * 65599 + static_cast<std::size_t>(c);
    return hash % 1999;
  };
  std::vector<std::string> ids{"id0"};
  for (int i = 1; ids.size() < count; i++) {
    const std::string id = "id" + std::to_string(i);
    if (chain(id) == chain(ids[0])) ids.push_back(id);
  }
  return ids;
}

TEST(XmlGuard, BoundsIdsThatFallIntoOneChain) {
  const std::vector<std::string> ids = Alike(4);
  for (const char* name : {"id", "e:id", "ref", "e:ref", "href"}) {
    XmlGuard guard(0, Small());
    for (int i = 0; i < 64; i++) ASSERT_TRUE(guard.NoteAttribute(name, "other"));
    for (int i = 0; i < 3; i++)
      EXPECT_TRUE(guard.NoteAttribute(name, (i == 1 ? "#" : "") + ids[static_cast<size_t>(i)]));
    EXPECT_TRUE(guard.NoteAttribute(name, "another"));
    EXPECT_FALSE(guard.NoteAttribute(name, ids[3])) << name;
    EXPECT_NE(std::string(guard.problem()).find("ids"), std::string::npos);
  }
  XmlGuard guard(0, Small());
  for (int i = 0; i < 200; i++) EXPECT_TRUE(guard.NoteAttribute("Id", ids[0]));
}

TEST(XmlGuard, TakesManyIdsThatNobodyHasChosenToCollide) {
  XmlGuard guard(0, XmlGuardLimits());
  for (int i = 0; i < 70000; i++) ASSERT_TRUE(guard.NoteAttribute("id", "ref-" + std::to_string(i))) << i;
}

}  // namespace
}  // namespace gsoaprm::wire
