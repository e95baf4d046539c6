// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension Collapse {
    /// Passes over what an earlier process has copied, and has the engine keep a journal of the rest,
    /// when another process is to be able to go on with the copy.
    ///
    /// - Returns: why an earlier attempt is not gone on with; nil when there is none, or it is.
    func resume(
        _ publication: Publication,
        _ chain: ImageChain,
        _ engine: inout CopyEngine
    ) throws(CollapseError) -> String? {
        guard let place = publication.partial?.journal else { return nil }
        let fingerprint = try Fingerprint(chain, target, source, engine.writer.policy)
        let journal = try usingDisk { () throws(IOError) in try File(readingFrom: place.path) }
        let head = try engine.resume(
            publication.file,
            JournalReader(JournalFile(place.file), journal),
            head: fingerprint.words
        )
        // An empty journal is a new one.
        let damage = journal.byteCount > 0 ? "the journal" : nil
        return (head.map(fingerprint.difference) ?? damage).map { part in
            "\(target.path): the copy was started anew, since \(part) is not what it was before"
        }
    }
}

extension CopyEngine {
    /// Passes over the chunks that a journal with this head tells of, and begins a new one where the
    /// journal has another head or is empty.
    ///
    /// - Returns: the head that was found.
    /// - Throws: `CollapseError`, also when the journal cannot be of this copy.
    mutating func resume(
        _ target: any BlockTarget,
        _ reader: JournalReader,
        head: [UInt64],
        pace: Journal.Pace = .usual
    ) throws(CollapseError) -> [UInt64]? {
        let empty = reader.file
        var reader = reader
        let found = try usingDisk { () throws(IOError) in try reader.readHead() }
        let finishedChunks = found == head ? try replay(&reader) : 0
        var file = found == head ? reader.file : empty
        try usingDisk { () throws(IOError) in
            // First the journal: it must not tell of what is no longer in the target.
            try file.cut()
            if finishedChunks == 0 { try target.setByteCount(0) }
            if found != head { try file.append([head]) }
        }
        journal = Journal(of: target, in: file, finishedChunks: finishedChunks, pace)
        return found
    }
}
