// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// The releases of kubectl that are installed.
public enum InstalledKubectl {
    /// Those since 1.24 by their minor version: `32`.
    public static let programs: [Int: String] = {
        var found: [Int: String] = [:]
        for minor in 24...40 {
            let name = "kubectl.1.\(minor)"
            found[minor] = ServerProgram.find(
                "/usr/lib/google-cloud-sdk/bin/\(name)", "/usr/local/bin/\(name)", "/usr/bin/\(name)")
        }
        return found
    }()

    /// One from before 1.27: the one that `SOVEREIGN_OLD_KUBECTL` names, or Debian's.
    public static let old: String? = {
        if let path = Environment.process["SOVEREIGN_OLD_KUBECTL"] { return path }
        let isDebians = FileSystem.exists("/usr/share/doc/kubernetes-client/copyright")
        return isDebians ? ServerProgram.find("/usr/bin/kubectl") : nil
    }()

    /// The one that most is tried with: 1.32, or the newest.
    public static var newest: String? { programs[32] ?? programs.max { $0.key < $1.key }?.value }

    /// Those that speak to pods in different ways: the oldest ones know SPDY alone, 1.30 can be told to use WebSockets, later
    /// ones begin with them.
    public static var acrossProtocols: [String] {
        let minors = Set([programs.keys.min(), 30, 31, programs.keys.max()].compactMap(\.self))
        return (old.map { [$0] } ?? []) + minors.sorted().compactMap { programs[$0] }
    }
}
