/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <csvc/error.h>

G_DEFINE_QUARK (csvc-error-quark, csvc_error)
