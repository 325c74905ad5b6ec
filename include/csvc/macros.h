/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_MACROS_H
#define CSVC_MACROS_H

/* Everything is compiled with hidden visibility; what bears CSVC_API is the library's promise.
 * lib/csvc.symbols lists it, and make check compares the two. */
#if defined __GNUC__
#define CSVC_API __attribute__ ((visibility ("default")))
#else
#define CSVC_API
#endif

#endif
