// SPDX-License-Identifier: Apache-2.0

import CELLibraries
import Testing

@Suite("Versions of Kubernetes")
struct KubernetesSemverTests {
    @Test(
        "versions",
        arguments: [
            ("semver('1.2.3').major()", "1"), ("semver('1.2.3').minor()", "2"), ("semver('1.2.3').patch()", "3"),
            ("isSemver('1.0')", "false"), ("isSemver('v1.0.0')", "false"), ("isSemver('1.0.01')", "false"),
            ("isSemver('hello')", "false"), ("isSemver('200K')", "false"), ("isSemver('Mi')", "false"),
            ("semver('1.0.0-alpha').isLessThan(semver('1.0.0'))", "true"),
            ("semver('1.2.4').isGreaterThan(semver('1.2.3'))", "true"),
            ("semver('1.2.3').compareTo(semver('1.2.3+b'))", "0"), ("semver('1.2.3') == semver('1.2.3+b')", "true"),
            ("dyn(semver('1.2.3')).compareTo(semver('2.0.0'))", "-1"),
            ("semver('18446744073709551615.0.0').major()", "error: integer overflow"),
            ("semver('1.2')", "error: \"1.2\" is not a semantic version: write MAJOR.MINOR.PATCH"),
        ])
    func versions(expression: String, result: String) {
        #expect(evaluated(expression, in: .kubernetes) == result)
        #expect(evaluated(expression, in: .kro) == result)
    }

    @Test(
        "normalized ones, from version 1",
        arguments: [
            ("semver('v01.2', true) == semver('1.2.0')", "true"), ("isSemver('v1', true)", "true"),
            ("isSemver('01.01.01', true)", "true"), ("isSemver('1.0-a', true)", "false"),
            ("semver('1.0.00-alpha', true)", "kubernetes.Semver(\"1.0.0-alpha\")"), ("isSemver('', true)", "false"),
            ("isSemver('1.0', false)", "false"),
            ("semver('1.0-a', true)", "error: short version cannot contain PreRelease/Build meta data"),
        ])
    func normalized(expression: String, result: String) {
        #expect(evaluated(expression, in: .kubernetes) == result)
        #expect(evaluated(expression, in: .kro).hasPrefix("refused: found no matching overload"))
    }
}
