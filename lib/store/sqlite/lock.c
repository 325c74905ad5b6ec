/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A POSIX record lock on PATH-lock: the kernel knows the holder's pid and drops the lock when the holder dies.
 *
 * Such a lock belongs to a process: taking it twice in one process succeeds, and closing any descriptor of the file drops it.
 * So the holders in this process are listed, by the database's inode, and the file is not opened again while one is listed.
 * An entry made before a fork has the parent's pid and counts for nothing in the child. */

#include "config.h"

#include "store/sqlite/lock.h"

#include <csvc/error.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define ATTEMPTS 100

struct _CsvcWriterLock {
  char  *path; /* of the lock file */
  int    fd;
  pid_t  pid;
  dev_t  device;
  ino_t  inode;
};

static GMutex holders_lock;
static GSList *holders;

static gboolean
is_held_here (const struct stat *database)
{
  for (const GSList *l = holders; l != NULL; l = l->next)
    {
      const CsvcWriterLock *held = l->data;

      if (held->device == database->st_dev && held->inode == database->st_ino && held->pid == getpid ())
        return TRUE;
    }
  return FALSE;
}

static void
set_busy (GError **error, const char *path, pid_t pid)
{
  if (pid == getpid ())
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_BUSY,
                 "%s: this process (%d) has it open for writing already; share that store between its threads", path, (int) pid);
  else
    g_set_error (error, CSVC_ERROR, CSVC_ERROR_BUSY,
                 "%s: process %d writes this store; end it there first, or open sqlite:%s?mode=ro to read", path, (int) pid, path);
}

/* The holder unlinks the file before it lets go: a lock on a file that has no name any more is worth nothing. */
static gboolean
is_current (int fd, const char *lock_path)
{
  struct stat opened, named;

  return fstat (fd, &opened) == 0 && stat (lock_path, &named) == 0 && opened.st_dev == named.st_dev
         && opened.st_ino == named.st_ino;
}

typedef enum { TAKEN, HELD, AGAIN, FAILED } Attempt;

static Attempt
try_lock (int fd, const char *lock_path, pid_t *holder)
{
  struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

  if (fcntl (fd, F_SETLK, &lock) == 0)
    return is_current (fd, lock_path) ? TAKEN : AGAIN;
  if (errno != EACCES && errno != EAGAIN)
    return FAILED;
  if (fcntl (fd, F_GETLK, &lock) != 0)
    return FAILED;
  if (lock.l_type == F_UNLCK)
    return AGAIN;
  *holder = lock.l_pid;
  return HELD;
}

static void
set_failed (GError **error, const char *path, int problem)
{
  g_set_error (error, CSVC_ERROR, CSVC_ERROR_IO, "%s: cannot lock it for writing: %s; open sqlite:%s?mode=ro to read", path,
               g_strerror (problem), path);
}

/* The descriptor, or -1. */
static int
lock_file (const char *path, const char *lock_path, GError **error)
{
  pid_t holder = 0;

  for (int i = 0; i < ATTEMPTS; i++)
    {
      int fd = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      Attempt attempt = fd >= 0 ? try_lock (fd, lock_path, &holder) : FAILED;
      int problem = errno;

      if (attempt == TAKEN)
        return fd;
      if (fd >= 0)
        close (fd);
      if (attempt == HELD)
        {
          set_busy (error, path, holder);
          return -1;
        }
      if (attempt == FAILED)
        {
          set_failed (error, path, problem);
          return -1;
        }
    }
  set_failed (error, path, EAGAIN);
  return -1;
}

static CsvcWriterLock *
take (const char *path, GError **error)
{
  g_autofree char *lock_path = g_strconcat (path, "-lock", NULL);
  CsvcWriterLock *self;
  struct stat database;
  int fd;

  if (stat (path, &database) != 0)
    {
      set_failed (error, path, errno);
      return NULL;
    }
  if (is_held_here (&database))
    {
      set_busy (error, path, getpid ());
      return NULL;
    }
  fd = lock_file (path, lock_path, error);
  if (fd < 0)
    return NULL;

  self = g_new0 (CsvcWriterLock, 1);
  self->path = g_steal_pointer (&lock_path);
  self->fd = fd;
  self->pid = getpid ();
  self->device = database.st_dev;
  self->inode = database.st_ino;
  holders = g_slist_prepend (holders, self);
  return self;
}

CsvcWriterLock *
_csvc_writer_lock_take (const char *path, GError **error)
{
  CsvcWriterLock *self;

  g_mutex_lock (&holders_lock);
  self = take (path, error);
  g_mutex_unlock (&holders_lock);
  return self;
}

void
_csvc_writer_lock_release (CsvcWriterLock *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&holders_lock);
  holders = g_slist_remove (holders, self);
  if (self->pid == getpid ())
    unlink (self->path);
  close (self->fd);
  g_mutex_unlock (&holders_lock);
  g_free (self->path);
  g_free (self);
}
