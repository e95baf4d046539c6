// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension Refusal {
    static let notAuthorized = Refusal(
        "USER_NOT_AUTHORIZED_TO_PERFORM_ACTION",
        .forbidden,
        "User is not authorized to perform this action."
    )

    /// A reason in oVirt's words: "Cannot add VM. The given name is too long."
    static func cannot(
        _ action: String,
        _ key: String,
        _ kind: Kind,
        _ reason: String
    ) -> Refusal {
        let separator = reason.hasPrefix(":") ? "" : ". "
        return Refusal(key, kind, "Cannot \(action)\(separator)\(reason)")
    }

    /// A reason that lies in what there is now, in oVirt's words.
    static func cannot(_ action: String, _ key: String, _ reason: String) -> Refusal {
        .cannot(action, key, .conflict, reason)
    }

    static func objectLocked(_ action: String, by job: Job) -> Refusal {
        .cannot(
            action,
            "OBJECT_LOCKED",
            "Related operation is currently in progress (\(job.description)). "
                + "Please try again later."
        )
    }

    static func vmLocked(_ action: String) -> Refusal {
        .cannot(action, "VM_IS_LOCKED", ": VM is locked. Please try again in a few minutes.")
    }

    static func domainNotActive(_ action: String, _ domain: StorageDomain) -> Refusal {
        .cannot(
            action,
            "STORAGE_DOMAIN_STATUS_ILLEGAL2",
            "The relevant Storage Domain's status is \(domain.status.rawValue)."
        )
    }

    static func lowSpace(
        _ action: String,
        _ domain: StorageDomain,
        _ needed: UInt64,
        _ free: UInt64
    )
        -> Refusal
    {
        .cannot(
            action,
            "DISK_SPACE_LOW_ON_STORAGE_DOMAIN",
            "Low disk space on Storage Domain \(domain.name): \(needed) bytes are needed, and "
                + "\(free) are free."
        )
    }

    static func library(_ action: String, _ key: String, _ error: any Error) -> Refusal {
        .cannot(action, key, "\(error).")
    }
}
