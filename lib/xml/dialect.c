/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/xml.h"

/* The schemas, compiled in: made from data/schema by embed.sh. */
extern const char  _csvc_policy_xsd[], _csvc_map_xsd[];
extern const gsize _csvc_policy_xsd_len, _csvc_map_xsd_len;

const CsvcDialect _csvc_policy_dialect = { "urn:csvc:policy:1", "policy", "part", _csvc_policy_xsd, &_csvc_policy_xsd_len };
const CsvcDialect _csvc_map_dialect = { "urn:csvc:map:1", "map", "part", _csvc_map_xsd, &_csvc_map_xsd_len };
/* Customers of a CSV file. */
const CsvcDialect _csvc_customer_map_dialect = { "urn:csvc:map:1", "customers", "part", _csvc_map_xsd, &_csvc_map_xsd_len };
/* A calendar of a policy, standing alone. */
const CsvcDialect _csvc_calendar_dialect = { "urn:csvc:policy:1", "calendar", "part", _csvc_policy_xsd, &_csvc_policy_xsd_len };
