# SPDX-License-Identifier: LGPL-2.1-or-later
# The tool by its output. A new test-<command>.sh is listed here.

tool_tests = \
  %D%/test-calendar.sh \
  %D%/test-case.sh \
  %D%/test-chart.sh \
  %D%/test-check.sh \
  %D%/test-customer.sh \
  %D%/test-dmn.sh \
  %D%/test-eval.sh \
  %D%/test-examples.sh \
  %D%/test-explain.sh \
  %D%/test-forget.sh \
  %D%/test-replay.sh \
  %D%/test-revise.sh \
  %D%/test-run.sh \
  %D%/test-scenario.sh \
  %D%/test-show.sh \
  %D%/test-sweep.sh \
  %D%/test-table.sh \
  %D%/test-targets.sh \
  %D%/test-usage.sh \
  %D%/test-whatif.sh

TESTS += $(tool_tests)

EXTRA_DIST += \
  $(tool_tests) \
  %D%/bad.xml \
  %D%/care.xml \
  %D%/fee.dmn \
  %D%/hours.xml \
  %D%/log.csv \
  %D%/club.xml \
  %D%/family.xml \
  %D%/member.xml \
  %D%/offers.xml \
  %D%/shop.xml \
  %D%/tool.sh \
  tests/scenarios \
  tests/golden/tool \
  tests/support/worktime-check.py
