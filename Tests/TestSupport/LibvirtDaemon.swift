// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A libvirtd with directories, processes and a socket of its own, which nothing of the system's sees.
///
/// It is ended with all its machines when the object goes, and ends by itself after ten minutes,
/// whatever happens to the test.
public final class LibvirtDaemon: @unchecked Sendable {
    private struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private static let maximumSeconds = "600"

    private let directory: TemporaryDirectory
    private var process: Process?

    /// What clients connect to.
    public var uri: String { "qemu+unix:///system?socket=\(directory.path("sock/libvirt-sock"))" }

    /// Starts it, and returns when it answers; only root can.
    public init() throws {
        for (program, package) in [
            ("libvirtd", "libvirt-daemon libvirt-daemon-driver-qemu"), ("virsh", "libvirt-clients"),
        ] where try Command.run("bash", ["-c", "PATH=$PATH:/usr/sbin type \(program)"]).status != 0
        {
            throw Missing(description: "\(program) is missing: sudo apt-get install \(package)")
        }
        guard geteuid() == 0 else {
            throw Missing(description: "only root runs a libvirtd of its own: sudo Scripts/test")
        }
        directory = try TemporaryDirectory()
        try writeConfiguration()
        try start()
    }

    deinit { stop() }

    private func writeConfiguration() throws {
        let machines = """
            user = "root"
            group = "root"
            dynamic_ownership = 0
            remember_owner = 0
            security_driver = "none"
            cgroup_controllers = [ ]
            stdio_handler = "file"
            namespaces = [ ]

            """
        let daemon = """
            unix_sock_dir = "\(directory.path("sock"))"
            auth_unix_rw = "none"
            auth_unix_ro = "none"
            log_outputs = "3:file:\(directory.path("log/libvirtd.log"))"

            """
        for name in ["etc/qemu", "lib", "run", "cache", "log", "sock"] {
            try FileManager.default.createDirectory(
                atPath: directory.path(name),
                withIntermediateDirectories: true
            )
        }
        try Data(machines.utf8).write(to: URL(filePath: directory.path("etc/qemu.conf")))
        try Data(daemon.utf8).write(to: URL(filePath: directory.path("etc/libvirtd.conf")))
    }

    /// What libvirtd has for its own lies in the daemon's directory, seen by nobody else.
    private static let script = """
        for place in /etc/libvirt:etc /var/lib/libvirt:lib /var/cache/libvirt:cache \
            /var/log/libvirt:log /run/libvirt:run; do
            mkdir -p "${place%:*}"
            mount --bind "$0/${place#*:}" "${place%:*}"
        done
        # QEMU's driver looks for this user, whom only the package of the system's own daemon makes.
        for entry in passwd/libvirt-qemu:x:64055:64055::: group/libvirt-qemu:x:64055:; do
            file=/etc/${entry%%/*}
            ! grep -q ^libvirt-qemu: $file || continue
            (cat $file; echo "${entry#*/}") >"$0$file"
            mount --bind "$0$file" $file
        done
        while true; do
            rm -f "$0/down"
            PATH=$PATH:/usr/sbin libvirtd --config "$0/etc/libvirtd.conf" --pid-file "$0/pid"
            while [ -e "$0/wait" ]; do touch "$0/down"; sleep 0.05; done
        done
        """

    private func start() throws {
        let process = Process()
        process.executableURL = URL(filePath: try Command.locate("timeout"))
        process.arguments = [
            "--signal=KILL", Self.maximumSeconds, "unshare", "--mount", "--pid", "--fork",
            "--kill-child=KILL", "--mount-proc", "--propagation", "slave", "bash", "-c",
            Self.script, directory.path,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = process
        try awaitAnswer()
    }

    /// Ends the daemon and all its machines.
    public func stop() {
        guard let process, process.isRunning else { return }
        // The namespace's first process takes all others with it.
        _ = try? Command.run("pkill", ["-KILL", "-P", "\(process.processIdentifier)"])
        process.waitUntilExit()
    }

    /// Kills libvirtd itself, and not its machines; another is not started before `revive`.
    public func kill() throws {
        try Data().write(to: URL(filePath: directory.path("wait")))
        let pidFile = directory.path("pid")
        let pid = try String(contentsOfFile: pidFile, encoding: .utf8)
        // The number is that of its own namespace.
        try Command.runSuccessfully(
            "nsenter",
            [
                "--target", "\(try innerPID())", "--mount", "--pid", "kill", "-KILL",
                pid.trimmingCharacters(in: .whitespacesAndNewlines),
            ]
        )
        while !FileManager.default.fileExists(atPath: directory.path("down")) { usleep(20_000) }
    }

    /// Starts libvirtd again, with the machines that it had.
    public func revive() throws {
        try? FileManager.default.removeItem(atPath: directory.path("wait"))
        try awaitAnswer()
    }

    /// The first process of the namespace, as it is known outside.
    private func innerPID() throws -> Int {
        guard let process else { return 0 }
        var pid = Int(process.processIdentifier)
        // timeout, unshare, bash.
        for _ in 0..<2 {
            let words = try Command.runSuccessfully("pgrep", ["-P", "\(pid)"]).text
            pid = Int(words.split(separator: "\n").first ?? "") ?? 0
        }
        return pid
    }

    private func awaitAnswer() throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try Command.run("virsh", ["--connect", uri, "list"]).status != 0 {
            guard ContinuousClock.now < deadline, process?.isRunning == true else {
                let log = try? String(
                    contentsOfFile: directory.path("log/libvirtd.log"),
                    encoding: .utf8
                )
                throw Missing(description: "libvirtd does not answer: \(log ?? "it has no log")")
            }
            usleep(50_000)
        }
    }

    /// What virsh says, which must have no objection.
    @discardableResult public func virsh(_ words: String...) throws -> String {
        try Command.runSuccessfully("virsh", ["--connect", uri, "--quiet"] + words).text
    }

    /// What virsh says against it; nil when it has no objection.
    public func objection(_ words: String...) throws -> String? {
        let output = try Command.run("virsh", ["--connect", uri, "--quiet"] + words)
        return output.status == 0 ? nil : output.standardError
    }
}
