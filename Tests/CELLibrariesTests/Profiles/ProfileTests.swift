// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import CELLibraries
import Testing

@Suite("Profiles")
struct ProfileTests {
    @Test("each is found by its name, and an unknown name gets a list")
    func lookup() throws {
        for profile in Profile.all { #expect(try Profile.named(profile.name).summary == profile.summary) }
        let fault = #expect(throws: Fault.self) { try Profile.named("kor") }
        #expect(fault?.code == .notFound)
        #expect(fault?.fix == "use one of standard, kro, ocmResource, ocmTransform, flux, kubernetes")
    }

    /// Which of the profiles accept each expression, in the order of `Profile.all`.
    @Test(
        "each host has what it registers and no more",
        arguments: [
            ("[1].map(x, x)", "standard kro ocmResource ocmTransform flux kubernetes"),
            ("optional.of(1).orValue(2)", "standard kro ocmResource ocmTransform flux kubernetes"),
            ("{'a': 1}[?'b']", "standard kro ocmResource ocmTransform flux kubernetes"),
            ("cel.bind(x, 1, x)", "standard kro ocmResource"),
            ("{1: 2}.transformMap(k, v, v)", "standard kro kubernetes"),
            ("'a'.charAt(0)", "standard kro ocmResource flux kubernetes"),
            ("'a'.reverse()", "standard kro ocmResource flux"),
            ("[[1]].flatten()", "standard kro ocmResource kubernetes"),
            ("math.greatest(1, 2)", "standard ocmResource"),
            ("sets.contains([1], [1])", "standard ocmResource flux kubernetes"),
            ("base64.encode(b'a')", "standard kro ocmResource flux"),
            ("[1].sum()", "kro kubernetes"), ("'a'.find('a')", "kro kubernetes"), ("url('/a')", "kro kubernetes"),
            ("quantity('1')", "kro kubernetes"), ("ip('::1').family()", "standard kro kubernetes"),
            ("semver('1.0.0')", "kro kubernetes"), ("semver('1.0', true)", "kubernetes"),
            ("format.uuid()", "kubernetes"), ("hash.md5('a')", "kro"), ("json.marshal(1)", "kro"),
            ("random.seededInt(0, 1, 'a')", "kro"), ("{'a': 1}.merge({})", "kro"), ("omit()", "kro"),
            ("runtime.condition({}, 'a')", "kro"), ("'a/b'.toOCI()", "ocmResource"),
            ("1 < 1.5", "flux kubernetes"), ("[1, 'a']", "standard kro ocmResource ocmTransform"),
        ])
    func contents(expression: String, expected: String) {
        let accepting = Profile.all.filter { (try? $0.environment().compile(expression)) != nil }
        #expect(accepting.map(\.name).joined(separator: " ") == expected)
    }

    @Test("hosts built on cel-go count all milliseconds of a duration")
    func milliseconds() {
        let texts = Profile.all.map { evaluated("duration('1.5s').getMilliseconds()", in: $0) }
        #expect(texts == ["500", "1500", "1500", "1500", "1500", "1500"])
    }

    @Test("OCM's controller reads every number as a double")
    func numbers() {
        #expect(Profile.all.filter { $0.options.numbers == .doubles }.map(\.name) == ["ocmResource"])
    }

    @Test("no two libraries of a profile declare the same overload of the same function differently")
    func overloads() {
        for profile in Profile.all {
            var known: [String: String] = [:]
            for library in profile.libraries {
                for function in library.functions {
                    for overload in function.overloads {
                        let key = "\(function.name) \(overload.id)"
                        #expect(known[key] == nil, "\(profile.name): \(key) in \(known[key] ?? "") and \(library.name)")
                        known[key] = library.name
                    }
                }
            }
        }
    }
}
