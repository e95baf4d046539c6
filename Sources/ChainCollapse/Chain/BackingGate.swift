// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

/// Judges each file that an image leads to, after it was found and before it is opened.
struct BackingGate {
    private let allowed: AllowedBacking
    private let places: [FilePlace]
    /// The directory of the image whose names are judged; nil where it has none of its own.
    private var directory: FilePlace?
    /// Some file was let pass because it lies beside its image.
    private var needsDirectory = false

    /// The gate of one chain.
    ///
    /// - Throws: `.invalidOptions` when a path that is allowed does not exist.
    init(_ allowed: AllowedBacking) throws(CollapseError) {
        self.allowed = allowed
        var places: [FilePlace] = []
        for path in allowed.paths { places.append(try BackingGate.place(of: path)) }
        self.places = places
    }

    private static func place(of path: String) throws(CollapseError) -> FilePlace {
        var reason = "\(path) has no place of its own"
        do throws(IOError) {
            if let place = try FilePlace(of: path) { return place }
        } catch { reason = error.description }
        throw CollapseError(
            .invalidOptions,
            "backing files are allowed in a place that cannot be found: \(reason)"
        )
    }

    /// Takes note of the image whose names come next.
    ///
    /// All devices share one directory, and all files lie below the root: neither tells what belongs
    /// together.
    mutating func enter(_ image: borrowing FoundFile) {
        let parent = image.place?.parent
        directory = image.kind == .regular && parent?.isRoot == false ? parent : nil
    }

    /// Lets a file pass that an image leads to.
    ///
    /// - Throws: `.notAllowed` with what was found, what is allowed and what can be done.
    mutating func check(_ found: borrowing FoundFile) throws(CollapseError) {
        guard !allowed.everything else { return }
        guard let place = found.place else {
            throw refusal(of: found.path, "a file that has no place of its own", remedy: nil)
        }
        if found.kind == .regular, allowed.besideImage, let directory, place.isWithin(directory) {
            needsDirectory = true
            return
        }
        guard !places.contains(where: place.isWithin) else { return }
        let wanted = found.kind == .regular && !place.parent.isRoot ? place.parent : place
        throw refusal(of: found.path, "\(place)", remedy: wanted)
    }

    private func refusal(
        of path: String,
        _ place: String,
        remedy: FilePlace?
    ) -> CollapseError {
        CollapseError(
            .notAllowed,
            (path == place ? path : "\(path) leads to \(place)")
                + ": an image may lead \(limits)" + (remedy.map(advice) ?? "")
        )
    }

    private var limits: String {
        let beside = allowed.besideImage ? directory.map { ["\($0)"] } ?? [] : []
        let all = beside + places.map { "\($0)" }
        return all.isEmpty
            ? "to no other file" : "only to what lies in \(all.joined(separator: ", "))"
    }

    /// What to say so that the next run passes here, and still wherever this one did.
    private func advice(_ place: FilePlace) -> String {
        let verb = allowed.paths.isEmpty ? "say" : "add"
        let kept = needsDirectory && allowed.paths.isEmpty ? "--allow-backing same-directory " : ""
        return " (if that is meant to be read, \(verb) \(kept)--allow-backing within "
            + "\(place.shellWord))"
    }
}
