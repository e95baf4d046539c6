// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
