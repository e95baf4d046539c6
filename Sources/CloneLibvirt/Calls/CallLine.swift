// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Foundation
internal import Synchronization

/// Calls that may block, each on a thread of its own, and a connection that is opened when it is needed.
final class CallLine: Sendable {
    private let uri: String
    private let connection = Mutex<Connection?>(nil)

    init(_ uri: String) { self.uri = uri }

    /// How a call has ended.
    enum Ending<R: Sendable>: Sendable {
        case done(R)
        case refused(LibvirtError)
        /// The other end is gone, or was never there.
        case lost(LibvirtError)
        /// There was no answer in time; the line is of no use any more.
        case silent
    }

    /// Makes a call, and waits for its end.
    func call<R: Sendable>(
        seconds: Int,
        _ body: @escaping @Sendable (Connection) throws(LibvirtError) -> R
    ) -> Ending<R> {
        let answer = Answer<R>()
        let isDone = DispatchSemaphore(value: 0)
        // Not Dispatch's: its threads may all be waiting for this one.
        Thread.detachNewThread { [self] in
            let ending = ending(of: body)
            answer.ending.withLock { $0 = ending }
            isDone.signal()
        }
        guard isDone.wait(timeout: .now() + .seconds(seconds)) == .success else { return .silent }
        return answer.ending.withLock { $0 } ?? .silent
    }

    private final class Answer<R: Sendable>: Sendable {
        let ending = Mutex<Ending<R>?>(nil)
    }

    private func ending<R>(
        of body: (Connection) throws(LibvirtError) -> R
    ) -> Ending<R> {
        let connection: Connection
        do throws(LibvirtError) { connection = try open() } catch { return .lost(error) }
        do throws(LibvirtError) {
            return .done(try body(connection))
        } catch {
            guard !connection.isAlive else { return .refused(error) }
            self.connection.withLock { $0 = nil }
            return .lost(error)
        }
    }

    private func open() throws(LibvirtError) -> Connection {
        if let connection = connection.withLock({ $0 }), connection.isAlive { return connection }
        let new = try Connection(uri)
        connection.withLock { $0 = new }
        return new
    }
}
