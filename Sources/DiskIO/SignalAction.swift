// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims

/// Whether a signal would end the program, as it does where nobody has said otherwise.
package func isFatal(signal: Int32) -> Bool { cshims_is_fatal(signal) != 0 }
