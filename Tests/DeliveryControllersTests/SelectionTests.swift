// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import DeliveryControllers
import Documents
import Testing

@Suite("Choice of a version") struct SelectionTests {
    private static let versions = ["1.0.0", "v1.1.0", "1.2.0-rc.1", "1.2.0+build.7", "2.0.0", "2.1.0-alpha"]

    @Test(
        "The highest that fits, in its own spelling",
        arguments: [
            (">=1.0.0", nil, "2.0.0"), ("1.x", nil, "1.2.0+build.7"), ("~1.1", nil, "v1.1.0"),
            ("1", nil, "1.2.0+build.7"),
            ("<2", #"^v?1\.[01]\."#, "v1.1.0"), (">=1.0.0", "build", "1.2.0+build.7"),
            (">=2.1.0-0", nil, "2.1.0-alpha"),
            ("1.2", nil, "1.2.0+build.7"), (">=1.0.0", "^1\\.0", "1.0.0"), ("9.9.9", nil, "9.9.9"),
            ("v3.0.0", nil, "v3.0.0"),
        ] as [(String, String?, String)])
    func choice(_ semver: String, _ filter: String?, _ wanted: String) async throws {
        let selection = try VersionSelection(semver: semver, filter: filter)
        let all = try Self.versions.map { try ComponentVersion($0) }
        let chosen = try await selection.choose(of: ComponentName("acme.org/app")) { all }
        #expect(chosen.text == wanted)
    }

    @Test("An exact version is taken without listing")
    func exact() async throws {
        let selection = try VersionSelection(semver: "1.0.0", filter: nil)
        let chosen = try await selection.choose(of: ComponentName("acme.org/app")) {
            throw Fault(.unsupported, "this repository lists nothing")
        }
        #expect(chosen.text == "1.0.0")
    }

    @Test(
        "When none fits it is said what there is",
        arguments: [
            (">=3", nil, "no version of acme.org/app satisfies “>=3”"), (">=1", "^9", "matches “^9”"),
            ("1.0.0", "^2", "in which spec.semverFilter does not match"),
        ] as [(String, String?, String)])
    func none(_ semver: String, _ filter: String?, _ message: String) async throws {
        let selection = try VersionSelection(semver: semver, filter: filter)
        let all = try Self.versions.map { try ComponentVersion($0) }
        let fault = await #expect(throws: Fault.self) {
            try await selection.choose(of: ComponentName("acme.org/app")) { all }
        }
        #expect(fault?.code == .notFound)
        #expect(fault?.message.contains(message) == true)
    }

    @Test(
        "What is no constraint, and a filter that is no pattern of RE2, are refused",
        arguments: [
            ("newest", nil), (">=1.0.0", "(?=a)"), (">=1.0.0", "(a"), (">=1.0.0", #"(a)\1"#),
        ] as [(String, String?)])
    func refused(_ semver: String, _ filter: String?) {
        #expect(throws: Fault.self) { try VersionSelection(semver: semver, filter: filter) }
    }

    @Test("Downgrades are as the vectors have them", .enabled(if: Vectors.folder != nil, Vectors.reason))
    func downgrades() throws {
        let cases = try Vectors.json("own/semver-downgrade.json").array ?? []
        #expect(cases.count == 7)
        for item in cases {
            let candidate = try ComponentVersion(item["candidate"]?.string ?? "")
            var isTaken = true
            do throws(Fault) {
                try DowngradePolicy.check(
                    candidate, after: item["current"]?.string, policy: item["policy"]?.string ?? "")
            } catch { isTaken = false }
            #expect(isTaken == item["ok"]?.bool, "\(item.text())")
        }
    }
}
