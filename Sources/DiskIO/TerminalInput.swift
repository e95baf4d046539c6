// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CShims

/// The terminal of standard input.
package enum TerminalInput {
    /// Says whether the terminal shows what is typed from now on; what was typed before is forgotten.
    package static func show(_ isShown: Bool) { _ = cshims_show_input(0, isShown ? 1 : 0) }
}
