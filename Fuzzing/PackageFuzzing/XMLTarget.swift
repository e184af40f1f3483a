// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import PackageRepositories

/// Calls the XML reader and what reads lists of Maven versions with a document of the fuzzer.
///
/// What has to hold, beyond not crashing and not running on: what was read is written so that it reads the same, and a
/// version that is added to a list is in it.
public enum XMLTarget {
    public static func run(_ bytes: [UInt8]) {
        guard bytes.count < 65_536, let element = try? XMLElement(parsing: bytes, source: "doc") else { return }
        let written = element.encoded()
        guard let once = try? XMLElement(parsing: written, source: "written") else {
            preconditionFailure("what is written cannot be read")
        }
        precondition(once.encoded() == written, "what is read again is written otherwise")
        _ = try? MavenPOM(parsing: bytes, source: "pom")
        guard
            var list = try? MavenMetadata(parsing: bytes, group: "org.acme", artifact: "app", source: "list")
        else { return }
        let before = list.versions
        let isNew = list.add("7.7.7", isSnapshot: false, time: Timestamp(seconds: 0))
        precondition(isNew != before.contains("7.7.7") && list.versions.contains("7.7.7"))
        precondition(Array(list.versions.prefix(before.count)) == before, "versions are lost")
    }
}
