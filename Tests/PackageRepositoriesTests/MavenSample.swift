// SPDX-License-Identifier: Apache-2.0

import PackageRepositories
import Web

extension MavenCoordinates {
    /// Those of `org.acme:app`.
    static func app(
        _ version: String, _ fileExtension: String = "jar", classifier: String? = nil
    ) throws -> MavenCoordinates {
        try MavenCoordinates(
            group: "org.acme", artifact: "app", version: version, classifier: classifier, fileExtension: fileExtension)
    }
}

extension PackageServer {
    /// Its repository below `/maven`.
    func maven() throws -> MavenRepository { MavenRepository(try address("/maven"), Self.connection()) }
}
