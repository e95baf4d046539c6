// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import CloneEngine

/// A word for a state, in a colour that says how good it is.
struct Badge: Sendable {
    enum Tone: String, Sendable {
        case good, quiet, busy, bad, warning
    }

    let word: String
    let tone: String

    init(_ word: String, _ tone: Tone) { (self.word, self.tone) = (word, tone.rawValue) }
}

extension Badge {
    init(_ status: VirtualMachine.Status) {
        switch status {
        case .down: self.init("Down", .quiet)
        case .up: self.init("Up", .good)
        case .imageLocked: self.init("Image Locked", .busy)
        }
    }

    init(_ status: Job.Status) {
        switch status {
        case .started: self.init("Running", .busy)
        case .finished: self.init("Finished", .good)
        case .failed: self.init("Failed", .bad)
        case .aborted: self.init("Cancelled", .quiet)
        }
    }

    init(_ status: StorageDomain.Status) {
        switch status {
        case .active: self.init("Active", .good)
        case .maintenance: self.init("Maintenance", .warning)
        }
    }

    init(_ status: Volume.Status) {
        switch status {
        case .ok: self.init("OK", .good)
        case .locked: self.init("Locked", .busy)
        case .illegal: self.init("Illegal", .bad)
        }
    }

    init(_ severity: Event.Severity) {
        switch severity {
        case .normal: self.init("Info", .quiet)
        case .warning: self.init("Warning", .warning)
        case .error: self.init("Error", .bad)
        case .alert: self.init("Alert", .bad)
        }
    }

    static func plugged(_ isPlugged: Bool) -> Badge {
        isPlugged ? Badge("Plugged", .good) : Badge("Unplugged", .quiet)
    }
}
