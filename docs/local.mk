# SPDX-License-Identifier: LGPL-2.1-or-later

dist_man_MANS += \
  %D%/man/csvc.1

EXTRA_DIST += \
  %D%/adding-binding.md \
  %D%/adding-clock-option.md \
  %D%/adding-command.md \
  %D%/adding-effect.md \
  %D%/adding-store.md \
  %D%/concepts.md \
  %D%/decisions \
  %D%/diagnostics.md \
  %D%/diagnostics.sh \
  %D%/dmn.md \
  %D%/domain.md \
  %D%/expressions.md \
  %D%/map-reference.md \
  %D%/performance.md \
  %D%/policy-reference.md \
  %D%/records.md \
  %D%/retention.md \
  %D%/scenarios.md \
  %D%/tables.md
