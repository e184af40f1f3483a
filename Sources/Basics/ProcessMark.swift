// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Finds processes by a variable that they were started with, wherever they have gone since.
///
/// A process that leaves its session keeps its variables. One that starts others with variables of its own choice is
/// not found by them; that takes intent, and a program with intent runs with its user's rights anyway.
struct ProcessMark {
    private let entry: [UInt8]

    init(_ name: String, _ value: String) { entry = Array("\(name)=\(value)".utf8) }

    /// Kills those of this user that have the mark, until no more come.
    func killAll() {
        for _ in 0..<16 {
            let found = processes()
            guard !found.isEmpty else { return }
            // Between reading and this line a number could only pass on if its process ended and all others were used.
            for pid in found { kill(pid, SIGKILL) }
            usleep(2000)
        }
    }

    private func processes() -> [pid_t] {
        let own = getpid()
        return ((try? FileSystem.names(in: "/proc")) ?? []).compactMap { name in
            guard let pid = pid_t(name), pid != own,
                let variables = try? FileSystem.read("/proc/\(name)/environ", limit: 4 << 20)
            else { return nil }
            return variables.split(separator: 0).contains { $0.elementsEqual(entry) } ? pid : nil
        }
    }
}
