// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Glibc

/// Asks a person for what nobody else may see.
package enum SecretPrompt {
    /// Whether there is a person to be asked: one at the terminal of standard input.
    package static var isPossible: Bool { isatty(0) == 1 }

    /// Asks on standard error, and reads a line that the terminal does not show.
    ///
    /// A signal gives the terminal back as it was, and ends the program as it would have.
    package static func ask(_ question: String) -> String? {
        let signals = StopSignals()
        signals.callWhenReceived { signal in
            TerminalInput.show(true)
            Output.tell("\n")
            exit(128 + signal.rawValue)
        }
        // Before the question: whoever is quick to answer it is neither shown nor forgotten.
        TerminalInput.show(false)
        Output.tell(question)
        defer {
            TerminalInput.show(true)
            Output.tell("\n")
        }
        // Signals are heard as long as what listens to them is kept.
        return withExtendedLifetime(signals) { readLine() }
    }
}
