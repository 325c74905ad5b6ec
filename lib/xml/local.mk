# SPDX-License-Identifier: LGPL-2.1-or-later

libcsvc_internal_la_SOURCES += \
  %D%/calendar.c \
  %D%/days-off.c \
  %D%/dialect.c \
  %D%/dmn-load.c \
  %D%/dmn.c \
  %D%/dmn.h \
  %D%/gate.c \
  %D%/load.c \
  %D%/reader.c \
  %D%/schema.c \
  %D%/schema.h \
  %D%/scxml-condition.c \
  %D%/scxml.c \
  %D%/scxml.h \
  %D%/vocabulary.c \
  %D%/writer.c \
  %D%/xml.h

# The schema is compiled in: users never supply one, and nothing is fetched.
nodist_libcsvc_internal_la_SOURCES += \
  lib/xml/map-schema-data.c \
  lib/xml/schema-data.c

lib/xml/schema-data.c: data/schema/csvc-policy.xsd lib/xml/embed.sh
	$(AM_V_GEN)$(MKDIR_P) lib/xml && \
	$(SHELL) $(top_srcdir)/lib/xml/embed.sh _csvc_policy_xsd $(top_srcdir)/data/schema/csvc-policy.xsd > $@.tmp && \
	mv $@.tmp $@

lib/xml/map-schema-data.c: data/schema/csvc-map.xsd lib/xml/embed.sh
	$(AM_V_GEN)$(MKDIR_P) lib/xml && \
	$(SHELL) $(top_srcdir)/lib/xml/embed.sh _csvc_map_xsd $(top_srcdir)/data/schema/csvc-map.xsd > $@.tmp && \
	mv $@.tmp $@

CLEANFILES += \
  lib/xml/map-schema-data.c \
  lib/xml/schema-data.c

EXTRA_DIST += \
  %D%/README.md \
  %D%/embed.sh
