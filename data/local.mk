# SPDX-License-Identifier: LGPL-2.1-or-later
# What is installed under share/csvc.  A new policy, map or calendar is listed here.

schemadir = $(datadir)/csvc/schema
policiesdir = $(datadir)/csvc/policies
calendarsdir = $(datadir)/csvc/calendars

dist_schema_DATA = \
  %D%/schema/csvc-map.xsd \
  %D%/schema/csvc-policy.xsd
dist_calendars_DATA = \
  %D%/calendars/cn.xml
dist_policies_DATA = \
  %D%/policies/churn.map.xml \
  %D%/policies/churn.xml \
  %D%/policies/incident-bpic2013.map.xml \
  %D%/policies/incident-servicenow.map.xml \
  %D%/policies/incident.xml \
  %D%/policies/receipt.map.xml \
  %D%/policies/receipt.xml \
  %D%/policies/telecom-activity.xml \
  %D%/policies/telecom-appeal.xml \
  %D%/policies/telecom-care.xml \
  %D%/policies/telecom-club.xml \
  %D%/policies/telecom-fault.xml \
  %D%/policies/telecom-inquiry.xml \
  %D%/policies/telecom-intervention.xml \
  %D%/policies/telecom.xml
