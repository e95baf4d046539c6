// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CShims.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

int64_t cshims_block_device_size(int descriptor) {
    uint64_t bytes = 0;
    return ioctl(descriptor, BLKGETSIZE64, &bytes) == 0 ? (int64_t)bytes : -1;
}

int cshims_allocate(int descriptor, int64_t offset, int64_t length) {
    return fallocate(descriptor, 0, offset, length);
}

int cshims_punch_hole(int descriptor, int64_t offset, int64_t length) {
    return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
}

int cshims_zero_range(int descriptor, int64_t offset, int64_t length) {
    return fallocate(descriptor, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, offset, length);
}

int cshims_clone_range(
    int descriptor, int64_t offset, int source, int64_t source_offset, int64_t length) {
    struct file_clone_range range = {source, source_offset, length, offset};
    return ioctl(descriptor, FICLONERANGE, &range);
}

int cshims_direct_flag(void) { return O_DIRECT; }

int cshims_unnamed_flag(void) { return O_TMPFILE; }

int cshims_start_writing(int descriptor, int64_t offset, int64_t length) {
    return sync_file_range(descriptor, offset, length, SYNC_FILE_RANGE_WRITE);
}

int cshims_finish_writing(int descriptor, int64_t offset, int64_t length) {
    return sync_file_range(
        descriptor, offset, length,
        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
}

int64_t cshims_read_cached(int descriptor, void *bytes, size_t count, int64_t offset) {
    struct iovec part = {bytes, count};
    return preadv2(descriptor, &part, 1, offset, RWF_NOWAIT);
}

void cshims_read_ahead(int descriptor, int64_t offset, int64_t length) {
    posix_fadvise(descriptor, offset, length, POSIX_FADV_WILLNEED);
}

void cshims_drop_cached(int descriptor, int64_t offset, int64_t length) {
    posix_fadvise(descriptor, offset, length, POSIX_FADV_DONTNEED);
}

int cshims_find(const char *path) { return open(path, O_PATH | O_CLOEXEC); }

int cshims_is_made_by_kernel(int descriptor, uint64_t device) {
    if (major(device) != 0) {
        return 0;
    }
    struct statfs system;
    if (fstatfs(descriptor, &system) != 0) {
        return -1;
    }
    switch ((uint32_t)system.f_type) {
    case PROC_SUPER_MAGIC:
    case SYSFS_MAGIC:
    case DEBUGFS_MAGIC:
    case TRACEFS_MAGIC:
    case SECURITYFS_MAGIC:
    case SELINUX_MAGIC:
    case SMACK_MAGIC:
    case CGROUP_SUPER_MAGIC:
    case CGROUP2_SUPER_MAGIC:
    case BPF_FS_MAGIC:
    case NSFS_MAGIC:
    case EFIVARFS_MAGIC:
    case PSTOREFS_MAGIC:
    case BINFMTFS_MAGIC:
    case XENFS_SUPER_MAGIC:
        return 1;
    default:
        return 0;
    }
}

int cshims_is_on_xfs(int descriptor) {
    struct statfs system;
    return fstatfs(descriptor, &system) == 0 && (uint32_t)system.f_type == XFS_SUPER_MAGIC;
}

int cshims_rename_exclusively(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

int64_t cshims_seek_data(int descriptor, int64_t offset) {
    return lseek(descriptor, offset, SEEK_DATA);
}

int64_t cshims_seek_hole(int descriptor, int64_t offset) {
    return lseek(descriptor, offset, SEEK_HOLE);
}

static struct flock lock_of(int type, int64_t start, int64_t length) {
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return lock;
}

int cshims_lock_byte(int descriptor, int64_t byte) {
    struct flock lock = lock_of(F_RDLCK, byte, 1);
    return fcntl(descriptor, F_OFD_SETLK, &lock);
}

int cshims_is_byte_locked(int descriptor, int64_t byte) {
    struct flock lock = lock_of(F_WRLCK, byte, 1);
    if (fcntl(descriptor, F_OFD_GETLK, &lock) != 0) {
        return -1;
    }
    return lock.l_type != F_UNLCK;
}

int cshims_unlock(int descriptor) {
    struct flock lock = lock_of(F_UNLCK, 0, 0);
    return fcntl(descriptor, F_OFD_SETLK, &lock);
}

int cshims_lock_whole(int descriptor) {
    struct flock lock = lock_of(F_WRLCK, 0, 0);
    return fcntl(descriptor, F_OFD_SETLK, &lock) == 0 ? flock(descriptor, LOCK_EX | LOCK_NB) : -1;
}

struct cshims_local_time cshims_local_time(int64_t seconds) {
    time_t moment = seconds;
    struct tm parts = {0};
    localtime_r(&moment, &parts);
    return (struct cshims_local_time){
        parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
        parts.tm_hour, parts.tm_min, parts.tm_sec,
    };
}

int cshims_is_fatal(int signal) {
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_DFL;
}

int cshims_show_input(int descriptor, int is_shown) {
    struct termios settings;
    if (tcgetattr(descriptor, &settings) != 0) return -1;
    if (is_shown) {
        settings.c_lflag |= ECHO;
    } else {
        settings.c_lflag &= ~(tcflag_t)ECHO;
    }
    return tcsetattr(descriptor, TCSAFLUSH, &settings);
}
