// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The places where configuration files are looked for.
public struct ConfigurationFiles: Sendable {
    /// The files to read, in order; later ones win.
    public let paths: [String]

    /// Files named by the user, which must exist, or else every usual place that has one.
    public init(named: [String], environment: Environment, workingFolder: String, executableFolder: String?) {
        guard named.isEmpty else {
            paths = named
            return
        }
        var candidates: [String] = []
        if let path = environment["OCM_CONFIG"], !path.isEmpty { candidates.append(path) }
        if let folder = environment["XDG_CONFIG_HOME"], !folder.isEmpty {
            candidates += ["\(folder)/ocm/config", "\(folder)/.ocmconfig"]
        }
        candidates += [
            "\(environment.home)/.config/ocm/config", "\(environment.home)/.config/.ocmconfig",
            "\(environment.home)/.ocm/config", "\(environment.home)/.ocmconfig", "\(workingFolder)/.ocm/config",
            "\(workingFolder)/.ocmconfig",
        ]
        if let executableFolder { candidates += ["\(executableFolder)/.ocm/config", "\(executableFolder)/.ocmconfig"] }
        var seen: Set<String> = []
        // $OCM_CONFIG is a promise that the file is there; the other places are only looked at.
        paths = candidates.filter { path in
            (path == environment["OCM_CONFIG"] || FileSystem.exists(path)) && seen.insert(path).inserted
        }
    }
}
