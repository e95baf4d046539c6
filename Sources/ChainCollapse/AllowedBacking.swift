// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// Which files the images of a chain may lead to, as backing files and as external data files.
///
/// The top and a base are what the caller names, and always opened. Every other file is named by an
/// image, and whoever wrote the image chose the name: it could be the caller's key or another guest's
/// disk, and its content would be in the result. So the file that a name leads to, after all symbolic
/// links, has to lie where the caller allows it. Only regular files and block devices are opened,
/// whatever is allowed.
public struct AllowedBacking: Hashable, Sendable {
    /// Regular files in the directory of the image that names them, and below it.
    var besideImage = false
    /// Files in these directories and below them, or these files themselves.
    var paths: [String] = []
    /// Everything that can be opened.
    var everything = false

    /// Nothing: an image that names another file is refused.
    public static let none = AllowedBacking()
    /// Regular files in the directory of the image that names them, and in directories below it.
    ///
    /// No devices, and nothing where the image is a device or lies in the root directory.
    public static let sameDirectory = AllowedBacking(besideImage: true)
    /// Every file and block device that the process can open: for images whose makers are trusted.
    public static let anyLocal = AllowedBacking(everything: true)

    /// What lies in or below one of some directories, or is one of some files or block devices.
    ///
    /// The paths have to exist, and their symbolic links are followed when a chain is opened. This is
    /// what a service should say: the directories of its own storage.
    public static func within(_ paths: [String]) -> AllowedBacking { AllowedBacking(paths: paths) }

    /// What either of two rules allows.
    public func union(_ other: AllowedBacking) -> AllowedBacking {
        AllowedBacking(
            besideImage: besideImage || other.besideImage,
            paths: paths + other.paths,
            everything: everything || other.everything
        )
    }
}
