// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

// Kernel interfaces that Swift cannot reach: ioctl numbers are macros, and some calls hide behind
// _GNU_SOURCE. Each returns what the call returns and leaves errno alone.

#ifndef CSHIMS_H
#define CSHIMS_H

#include <stddef.h>
#include <stdint.h>

/// BLKGETSIZE64: the size of a block device in bytes, or -1.
int64_t cshims_block_device_size(int descriptor);

/// fallocate(2): with mode 0, FALLOC_FL_PUNCH_HOLE or FALLOC_FL_ZERO_RANGE, keeping the size.
int cshims_allocate(int descriptor, int64_t offset, int64_t length);
int cshims_punch_hole(int descriptor, int64_t offset, int64_t length);
int cshims_zero_range(int descriptor, int64_t offset, int64_t length);

/// FICLONERANGE: lets a range share its blocks with one of another file.
int cshims_clone_range(
    int descriptor, int64_t offset, int source, int64_t source_offset, int64_t length);

/// Locks of open file descriptions (fcntl(2), F_OFD_SETLK and F_OFD_GETLK): takes a shared lock of
/// one byte; says whether another description holds a lock of a byte (1, 0 or -1); lets go of all.
int cshims_lock_byte(int descriptor, int64_t byte);
int cshims_is_byte_locked(int descriptor, int64_t byte);
int cshims_unlock(int descriptor);

/// Locks a whole file against everybody, by fcntl(2) and flock(2); fails with EAGAIN or EACCES where
/// another description has a lock of any kind.
int cshims_lock_whole(int descriptor);

/// O_DIRECT, and O_TMPFILE, for open(2).
int cshims_direct_flag(void);
int cshims_unnamed_flag(void);

/// sync_file_range(2): starts writing a range to the disk; or waits until it is written.
int cshims_start_writing(int descriptor, int64_t offset, int64_t length);
int cshims_finish_writing(int descriptor, int64_t offset, int64_t length);

/// preadv2(2) with RWF_NOWAIT: as pread(2), but reads no more than what the page cache has.
int64_t cshims_read_cached(int descriptor, void *bytes, size_t count, int64_t offset);

/// posix_fadvise(2) with POSIX_FADV_WILLNEED: starts reading a range into the page cache.
void cshims_read_ahead(int descriptor, int64_t offset, int64_t length);

/// posix_fadvise(2) with POSIX_FADV_DONTNEED: gives back the memory of what is on the disk.
void cshims_drop_cached(int descriptor, int64_t offset, int64_t length);

/// open(2) with O_PATH: finds a file without opening it.
int cshims_find(const char *path);

/// Whether a file's content is made up as it is read: 1 on /proc, /sys and their like, 0 or -1. `device`
/// is its st_dev: what lies on a block device is not asked about.
int cshims_is_made_by_kernel(int descriptor, uint64_t device);

/// 1 when a file lies on XFS, or 0.
int cshims_is_on_xfs(int descriptor);

/// renameat2(2) with RENAME_NOREPLACE.
int cshims_rename_exclusively(const char *from, const char *to);

/// lseek(2) with SEEK_DATA and SEEK_HOLE.
int64_t cshims_seek_data(int descriptor, int64_t offset);
int64_t cshims_seek_hole(int descriptor, int64_t offset);

/// A moment of the calendar in the machine's time zone.
struct cshims_local_time {
    int32_t year, month, day, hour, minute, second;
};

/// The local time of a moment in seconds since 1970: localtime_r(3).
struct cshims_local_time cshims_local_time(int64_t seconds);

/// 1 when a signal has its default action (sigaction(2)), or 0.
int cshims_is_fatal(int signal);

/// Says whether the terminal at `descriptor` shows what is typed; 0, or -1 when there is none.
int cshims_show_input(int descriptor, int is_shown);

#endif
