/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CSVC_FAULT_VFS_H
#define CSVC_FAULT_VFS_H

#include <glib.h>

/* SQLite's file system with faults: while installed, the k-th call that reads, writes or flushes a file goes wrong. */

typedef enum {
  CSVC_VFS_IO_ERROR, /* that call only; a write is half done */
  CSVC_VFS_FLUSH,    /* as above, but only flushes count: what was written is there */
  CSVC_VFS_FULL,     /* that call and all writes after it: the disk is full */
  CSVC_VFS_KILL      /* the process is killed at that call; a write is half done */
} CsvcVfsFault;

void  csvc_vfs_install (void);
void  csvc_vfs_uninstall (void);
/* 0 = never. Counts anew. */
void  csvc_vfs_arm (guint at_call, CsvcVfsFault fault);
/* How many calls there were that count, since it was armed. */
guint csvc_vfs_count_calls (void);
/* TRUE once the call was reached. */
gboolean csvc_vfs_was_hit (void);

#endif
