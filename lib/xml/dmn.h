/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_XML_DMN_H
#define CSVC_XML_DMN_H

#include "feel/model-tree.h"

/* A model of DMN 1.1 to 1.5 as a tree. What is outside (imports, functions in Java or PMML, other expression languages) is reported
 * where it stands and leaves a gap: a box of kind LITERAL without text, so that the rest can still be judged.
 * NULL after a report when it cannot be used at all. (transfer full) */
CsvcModelTree *_csvc_dmn_read (const char *text, gsize length, const char *file, CsvcDiagnostics *diagnostics);

#endif
