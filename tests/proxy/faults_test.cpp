#include "proxy/faults.h"

#include <gtest/gtest.h>

#include <map>

namespace gsoaprm::proxy {
namespace {

Rule ReadRule(const std::string& text) {
  Rule rule;
  std::string error;
  EXPECT_TRUE(ParseRule(text, &rule, &error)) << error;
  return rule;
}

TEST(FaultRules, ReadsFaultNumbersAndText) {
  const Rule rule = ReadRule("delay n=2 times=3 ms=250 match=ICalculator/Add and so on");
  EXPECT_EQ(rule.fault, Fault::kDelay);
  EXPECT_EQ(rule.first, 2);
  EXPECT_EQ(rule.times, 3);
  EXPECT_EQ(rule.milliseconds, 250);
  EXPECT_EQ(rule.text, "ICalculator/Add and so on");
}

TEST(FaultRules, TakesTheFaultAloneForTheFirstRequestOfAll) {
  const Rule rule = ReadRule("reset-response");
  EXPECT_EQ(rule.fault, Fault::kResetResponse);
  EXPECT_EQ(rule.first, 1);
  EXPECT_EQ(rule.times, 1);
  EXPECT_EQ(rule.text, "");
}

TEST(FaultRules, RefusesWhatItDoesNotKnow) {
  Rule rule;
  std::string error;
  EXPECT_FALSE(ParseRule("vanish", &rule, &error));
  EXPECT_EQ(error, "'vanish' is not the name of a fault");
  for (const char* text : {"reset n=0", "reset n=x", "reset n=-1", "reset n", "reset after=3", "reset n=1x"}) {
    EXPECT_FALSE(ParseRule(text, &rule, &error)) << text;
  }
}

TEST(FaultRules, ReadsOneInEachLineAndSkipsComments) {
  std::vector<Rule> rules;
  std::string error;
  EXPECT_TRUE(ParseRules("# lost\ndrop-request match=A\n\n  \nduplicate n=2\n", &rules, &error));
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[0].fault, Fault::kDropRequest);
  EXPECT_EQ(rules[1].fault, Fault::kDuplicate);
  EXPECT_FALSE(ParseRules("drop-request\nvanish\n", &rules, &error));
}

TEST(FaultPicker, AppliesARuleToTheRequestsItNamesOnly) {
  Faults faults;
  faults.rules = {ReadRule("drop-request n=2 times=2 match=Add")};
  FaultPicker picker(faults);
  EXPECT_EQ(picker.Pick("Add").fault, Fault::kNone);
  EXPECT_EQ(picker.Pick("Divide").fault, Fault::kNone);
  EXPECT_EQ(picker.Pick("Add").fault, Fault::kDropRequest);
  EXPECT_EQ(picker.Pick("Divide").fault, Fault::kNone);
  EXPECT_EQ(picker.Pick("Add").fault, Fault::kDropRequest);
  EXPECT_EQ(picker.Pick("Add").fault, Fault::kNone);
}

TEST(FaultPicker, CountsForAllRulesWhicheverDecides) {
  Faults faults;
  faults.rules = {ReadRule("drop-request match=Add"), ReadRule("drop-response n=2 match=Add")};
  FaultPicker picker(faults);
  EXPECT_EQ(picker.Pick("Add").fault, Fault::kDropRequest);
  EXPECT_EQ(picker.Pick("Add").fault, Fault::kDropResponse);
  EXPECT_EQ(picker.Pick("Add").fault, Fault::kNone);
}

TEST(FaultPicker, TakesTheTimeOfTheRuleBeforeThatOfAll) {
  Faults faults;
  faults.delay_milliseconds = 70;
  faults.reorder_milliseconds = 80;
  faults.rules = {ReadRule("delay ms=5 match=A"), ReadRule("delay match=B"), ReadRule("reorder match=C")};
  FaultPicker picker(faults);
  EXPECT_EQ(picker.Pick("A").milliseconds, 5);
  EXPECT_EQ(picker.Pick("B").milliseconds, 70);
  EXPECT_EQ(picker.Pick("C").milliseconds, 80);
}

TEST(FaultPicker, PicksByChanceAboutAsOftenAsAsked) {
  Faults faults;
  faults.drop_request = 30;
  faults.drop_response = 20;
  faults.duplicate = 10;
  faults.reset = 5;
  FaultPicker picker(faults);
  std::map<Fault, int> count;
  for (int i = 0; i < 10000; ++i) ++count[picker.Pick("").fault];
  EXPECT_NEAR(count[Fault::kDropRequest], 3000, 200);
  EXPECT_NEAR(count[Fault::kDropResponse], 2000, 200);
  EXPECT_NEAR(count[Fault::kDuplicate], 1000, 150);
  EXPECT_NEAR(count[Fault::kReset], 500, 100);
  EXPECT_EQ(count[Fault::kDelay], 0);
}

TEST(FaultPicker, RepeatsItselfFromTheSameSeed) {
  Faults faults;
  faults.drop_request = 50;
  faults.seed = 7;
  FaultPicker one(faults);
  FaultPicker two(faults);
  faults.seed = 8;
  FaultPicker other(faults);
  int different = 0;
  for (int i = 0; i < 100; ++i) {
    const Fault fault = one.Pick("").fault;
    EXPECT_EQ(fault, two.Pick("").fault);
    different += fault != other.Pick("").fault;
  }
  EXPECT_GT(different, 0);
}

}  // namespace
}  // namespace gsoaprm::proxy
