/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A shim: every call goes to the default file system, of which this keeps a file behind each of its own.
 *
 *   | ShimFile | the default file system's file … |
 *
 * Flushing does nothing: the tests kill processes at most, and the kernel keeps what was written. */

#include "config.h"

#include "fault-vfs.h"

#include <signal.h>
#include <sqlite3.h>

typedef struct {
  sqlite3_file  base;
  sqlite3_file *real;
} ShimFile;

static sqlite3_vfs shim, *real_vfs;
static guint at_call, n_calls;
static CsvcVfsFault fault;
static gboolean hit;

static gboolean
is_hit (gboolean is_write, gboolean is_flush)
{
  if (fault == CSVC_VFS_FLUSH && !is_flush)
    return FALSE;
  if (fault == CSVC_VFS_FULL && !is_write)
    return FALSE;
  n_calls++;
  if (at_call == 0 || n_calls < at_call || (n_calls > at_call && fault != CSVC_VFS_FULL))
    return FALSE;
  hit = TRUE;
  return TRUE;
}

/* Of any call but a write. */
static gboolean
fails (gboolean is_flush)
{
  if (!is_hit (FALSE, is_flush))
    return FALSE;
  if (fault == CSVC_VFS_KILL)
    raise (SIGKILL);
  return TRUE;
}

static sqlite3_file *
real_of (sqlite3_file *file)
{
  return ((ShimFile *) file)->real;
}

static int
shim_close (sqlite3_file *file)
{
  return real_of (file)->pMethods->xClose (real_of (file));
}

static int
shim_read (sqlite3_file *file, void *data, int n, sqlite3_int64 at)
{
  if (fails (FALSE))
    return SQLITE_IOERR_READ;
  return real_of (file)->pMethods->xRead (real_of (file), data, n, at);
}

static int
shim_write (sqlite3_file *file, const void *data, int n, sqlite3_int64 at)
{
  if (is_hit (TRUE, FALSE))
    {
      if (fault == CSVC_VFS_FULL)
        return SQLITE_FULL;
      real_of (file)->pMethods->xWrite (real_of (file), data, n / 2, at);
      if (fault == CSVC_VFS_KILL)
        raise (SIGKILL);
      return SQLITE_IOERR_WRITE;
    }
  return real_of (file)->pMethods->xWrite (real_of (file), data, n, at);
}

static int
shim_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  if (fails (FALSE))
    return SQLITE_IOERR_TRUNCATE;
  return real_of (file)->pMethods->xTruncate (real_of (file), size);
}

static int
shim_sync (sqlite3_file *file, int flags)
{
  return fails (TRUE) ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int
shim_size (sqlite3_file *file, sqlite3_int64 *size)
{
  if (fails (FALSE))
    return SQLITE_IOERR_FSTAT;
  return real_of (file)->pMethods->xFileSize (real_of (file), size);
}

static int
shim_lock (sqlite3_file *file, int level)
{
  return real_of (file)->pMethods->xLock (real_of (file), level);
}

static int
shim_unlock (sqlite3_file *file, int level)
{
  return real_of (file)->pMethods->xUnlock (real_of (file), level);
}

static int
shim_check_lock (sqlite3_file *file, int *held)
{
  return real_of (file)->pMethods->xCheckReservedLock (real_of (file), held);
}

static int
shim_control (sqlite3_file *file, int operation, void *argument)
{
  return real_of (file)->pMethods->xFileControl (real_of (file), operation, argument);
}

static int
shim_sector_size (sqlite3_file *file)
{
  return real_of (file)->pMethods->xSectorSize (real_of (file));
}

static int
shim_characteristics (sqlite3_file *file)
{
  return real_of (file)->pMethods->xDeviceCharacteristics (real_of (file));
}

static int
shim_shm_map (sqlite3_file *file, int page, int size, int extend, void volatile **memory)
{
  if (fails (FALSE))
    return SQLITE_IOERR_SHMMAP;
  return real_of (file)->pMethods->xShmMap (real_of (file), page, size, extend, memory);
}

static int
shim_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return real_of (file)->pMethods->xShmLock (real_of (file), offset, n, flags);
}

static void
shim_shm_barrier (sqlite3_file *file)
{
  real_of (file)->pMethods->xShmBarrier (real_of (file));
}

static int
shim_shm_unmap (sqlite3_file *file, int remove)
{
  return real_of (file)->pMethods->xShmUnmap (real_of (file), remove);
}

static const sqlite3_io_methods shim_methods = {
  .iVersion = 2,
  .xClose = shim_close,
  .xRead = shim_read,
  .xWrite = shim_write,
  .xTruncate = shim_truncate,
  .xSync = shim_sync,
  .xFileSize = shim_size,
  .xLock = shim_lock,
  .xUnlock = shim_unlock,
  .xCheckReservedLock = shim_check_lock,
  .xFileControl = shim_control,
  .xSectorSize = shim_sector_size,
  .xDeviceCharacteristics = shim_characteristics,
  .xShmMap = shim_shm_map,
  .xShmLock = shim_shm_lock,
  .xShmBarrier = shim_shm_barrier,
  .xShmUnmap = shim_shm_unmap,
};

static int
shim_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  ShimFile *self = (ShimFile *) file;
  int rc;

  self->base.pMethods = NULL;
  if (fails (FALSE))
    return SQLITE_CANTOPEN;
  self->real = (sqlite3_file *) (gpointer) (self + 1);
  rc = real_vfs->xOpen (real_vfs, name, self->real, flags, out_flags);
  if (rc == SQLITE_OK)
    self->base.pMethods = &shim_methods;
  return rc;
}

static int
shim_delete (sqlite3_vfs *vfs, const char *name, int sync)
{
  if (fails (FALSE))
    return SQLITE_IOERR_DELETE;
  return real_vfs->xDelete (real_vfs, name, sync);
}

void
csvc_vfs_install (void)
{
  real_vfs = sqlite3_vfs_find (NULL);
  shim = *real_vfs;
  shim.zName = "csvc-fault";
  shim.szOsFile = sizeof (ShimFile) + real_vfs->szOsFile;
  shim.xOpen = shim_open;
  shim.xDelete = shim_delete;
  sqlite3_vfs_register (&shim, 1);
  csvc_vfs_arm (0, CSVC_VFS_IO_ERROR);
}

void
csvc_vfs_uninstall (void)
{
  sqlite3_vfs_unregister (&shim);
  sqlite3_vfs_register (real_vfs, 1);
}

void
csvc_vfs_arm (guint at, CsvcVfsFault how)
{
  at_call = at;
  fault = how;
  n_calls = 0;
  hit = FALSE;
}

guint
csvc_vfs_count_calls (void)
{
  return n_calls;
}

gboolean
csvc_vfs_was_hit (void)
{
  return hit;
}
