// SPDX-License-Identifier: Apache-2.0

public import Web

/// Docker Hub, which people and logins call `docker.io`, and whose registry is elsewhere.
public enum DockerHub {
    private static let names: Set<String> = ["docker.io", "index.docker.io"]

    /// Where the requests for a registry of that name go; every other registry is where it is called.
    public static func registry(_ origin: Origin) -> Origin {
        guard names.contains(origin.host), origin.scheme == "https", origin.port == 443 else { return origin }
        return Origin(scheme: "https", host: "registry-1.docker.io", port: 443)
    }

    /// How the hub calls a repository: `postgres` is `library/postgres` there.
    static func repository(_ name: String, host: String) -> String {
        let isHub = names.contains(host) || host == "registry-1.docker.io"
        return isHub && !name.contains("/") ? "library/\(name)" : name
    }
}

extension ImageReference {
    /// The repository as its registry calls it, which is not always as it is written.
    public var registryRepository: String { DockerHub.repository(repository, host: host) }
}
