// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import PackageRepositories

/// Calls the XML reader and what reads lists of Maven versions with a document of the fuzzer.
///
/// What has to hold, beyond not crashing and not running on: what was read is written so that it reads the same, a
/// version that is added to a list is in it, and a build that is listed, or a later one, is current, and listed once.
public enum XMLTarget {
    public static func run(_ bytes: [UInt8]) {
        guard bytes.count < 65_536, let element = try? XMLElement(parsing: bytes, source: "doc") else { return }
        let written = element.encoded()
        guard let once = try? XMLElement(parsing: written, source: "written") else {
            preconditionFailure("what is written cannot be read")
        }
        precondition(once.encoded() == written, "what is read again is written otherwise")
        _ = try? MavenPOM(parsing: bytes, source: "pom")
        addBuild(bytes)
        guard
            var list = try? MavenMetadata(parsing: bytes, group: "org.acme", artifact: "app", source: "list")
        else { return }
        let before = list.versions
        let isNew = list.add("7.7.7", isSnapshot: false, time: Timestamp(seconds: 0))
        precondition(isNew != before.contains("7.7.7") && list.versions.contains("7.7.7"))
        precondition(Array(list.versions.prefix(before.count)) == before, "versions are lost")
    }

    private static func addBuild(_ bytes: [UInt8]) {
        guard
            let snapshot = try? MavenCoordinates(group: "org.acme", artifact: "app", version: "2-SNAPSHOT"),
            let build = MavenBuild(of: snapshot.version, number: 7, time: Timestamp(seconds: 1_704_164_645))
        else { preconditionFailure("a snapshot is refused") }
        let known = try? MavenSnapshot(parsing: bytes, of: snapshot, source: "list")
        if let version = known?.version(of: snapshot) {
            precondition(version.hasPrefix("2-") && !version.contains("/"), "a list leads elsewhere")
        }
        guard let listed = try? MavenSnapshot.listing([snapshot], of: build, in: bytes, source: "list") else { return }
        let again = try? MavenSnapshot.listing([snapshot], of: build, in: listed, source: "list")
        precondition(again == .some(nil), "a build is listed twice")
        guard let read = try? MavenSnapshot(parsing: listed, of: snapshot, source: "list") else { return }
        let current = read.version(of: snapshot).flatMap { MavenBuild($0) }
        precondition(current.map { $0 >= build } ?? false, "the current build is not there, or an older one")
    }
}
