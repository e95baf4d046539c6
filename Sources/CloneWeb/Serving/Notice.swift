// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// A sentence about what a form has just done, shown on the page that follows.
///
/// The URL has its name, not its words: nobody else can put words on a page.
enum Notice: String, CaseIterable, Sendable {
    case vmAdded = "The virtual machine was added."
    case vmRemoved = "The virtual machine was removed."
    case vmStarted = "The virtual machine was started."
    case vmStopped = "The virtual machine was asked to stop."
    case vmPoweredOff = "The virtual machine was powered off."
    case snapshotTaken = "The snapshot was taken."
    case diskAdded = "The disk was added."
    case diskRemoved = "The disk was removed."
    case diskPlugged = "The disk is plugged: the guest sees it."
    case diskUnplugged = "The disk is unplugged: the guest does not see it."
    case nicAdded = "The network interface was added."
    case domainAdded = "The storage domain was added."
    case domainChanged = "The storage domain's status was changed."
    case domainRemoved = "The storage domain was removed."
    case jobCancelled = "The job was asked to stop; what it has made goes."
    case userAdded = "The user was added."
    case userRemoved = "The user was removed."
    case passwordChanged = "The password was changed."
    case permissionGranted = "The permission was granted."
    case permissionRevoked = "The permission was taken back."

    private static let field = "done"

    /// The notice that a URL names.
    init?(_ query: Form) {
        guard let name = query[Notice.field],
            let notice = Notice.allCases.first(where: { "\($0)" == name })
        else { return nil }
        self = notice
    }

    /// A path that shows it.
    func on(_ path: String) -> String {
        "\(path)\(path.contains("?") ? "&" : "?")\(Notice.field)=\(self)"
    }
}
