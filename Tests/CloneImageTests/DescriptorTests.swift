// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Terminal
import Testing

@testable import clone_image

@Suite("Descriptors")
struct DescriptorTests {
    @Test("closed standard descriptors are taken before a file can get their numbers")
    func gaps() async {
        await #expect(processExitsWith: .exitCode(7)) {
            for number: Int32 in 0...2 { close(number) }
            StandardDescriptors.fillGaps()
            let isFilled = (0...2).allSatisfy { fcntl(Int32($0), F_GETFD) >= 0 }
            exit(isFilled && dup(0) > 2 ? 7 : 8)
        }
    }

    @Test("only what the caller has opened for writing can show progress")
    func writable() throws {
        let pipe = Pipe()
        #expect(StandardDescriptors.canWrite(to: pipe.fileHandleForWriting.fileDescriptor))
        #expect(!StandardDescriptors.canWrite(to: pipe.fileHandleForReading.fileDescriptor))
        #expect(!StandardDescriptors.canWrite(to: -1))
        #expect(!StandardDescriptors.canWrite(to: 1_000_000))
    }

    @Test("without /proc, which tells the arguments, nothing is taken for done")
    func withoutProc() throws {
        let script = "mount -t tmpfs none /proc && exec \"$0\" info none"
        let words = ["--mount", "sh", "-c", script, try Tool.path()]
        let output = try Command.run("unshare", words)
        #expect(output.status == 1)
        #expect(output.standardError.contains("mount -t proc proc /proc"))
    }
}
